/**
 * Waits after each try of one message. A BMC may think for a second before it answers RAKP 1, and a second one would
 * make it begin anew, so the first wait is no shorter.
 */
export const TRY_WAITS_MS: readonly number[] = [1_000, 1_500, 2_000, 3_000];
/** A session that is not closed is only lost for some minutes: nobody waits long for the answer. */
export const CLOSE_WAITS_MS: readonly number[] = [500, 1_000];
/** Sent once only, so the one answer gets the time of several tries. */
export const ONCE_WAITS_MS: readonly number[] = [5_000];
