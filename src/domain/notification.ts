import { INSTALL_STATES, type InstallState } from './install/install.ts';

/** What others are told of, unless the configuration says otherwise: how an install ended. */
export const DEFAULT_NOTICES: readonly InstallState[] = ['ready', 'failed', 'expired', 'cancelled'];

/** States of an install that others may be told of. */
export const NOTICES: readonly InstallState[] = INSTALL_STATES;

/** One change of state, as it is told. `id` is the same each time that it is sent, so that receivers can drop what they have. */
export interface Notice {
  readonly id: number;
  /** `install.<state>`; `test`: somebody tries whether notices arrive. */
  readonly type: `install.${InstallState}` | 'test';
  readonly at: string;
  readonly system: string;
  /** Null in a test. */
  readonly install: {
    readonly id: number | null;
    readonly from: string | null;
    readonly state: InstallState;
    readonly stage: string | null;
    readonly reason: string | null;
  } | null;
}

/** `dead`: nobody tries any more, until somebody asks for it. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One notice on its way to one place. */
export interface Delivery {
  readonly id: number;
  /** Name of the webhook in the configuration; `email` for the mail. */
  readonly endpoint: string;
  readonly notice: Notice;
  readonly state: DeliveryState;
  readonly tries: number;
  /** Not before this time; null where nothing is tried any more. */
  readonly nextAt: string | null;
  /** Why the last try did not succeed. */
  readonly problem: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What came of one try. `status` is that of HTTP; null where there was no answer. */
export type DeliveryOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly status: number | null; readonly problem: string };

/** What a try makes of a delivery; `nextAtMs` is null where there is no next. */
export interface DeliveryChange {
  readonly state: DeliveryState;
  readonly tries: number;
  readonly nextAtMs: number | null;
  readonly problem: string | null;
}

const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** RFC 9110 §15.5.11: the receiver asks for links to it to be removed. */
const GONE = 410;

/**
 * What comes after a try: pauses grow threefold from 10 s to an hour. `chance` (0 to 1) moves each by up to a fifth, so that
 * what a receiver has missed does not come back all at once.
 */
export function decideDelivery(
  delivery: { readonly tries: number },
  outcome: DeliveryOutcome,
  maxTries: number,
  { nowMs, chance }: { readonly nowMs: number; readonly chance: number },
): DeliveryChange {
  const tries = delivery.tries + 1;
  if (outcome.kind === 'accepted') return { state: 'delivered', tries, nextAtMs: null, problem: null };
  const { problem } = outcome;
  if (outcome.status === GONE)
    return { state: 'dead', tries, nextAtMs: null, problem: `${problem}: it asks not to be told again` };
  if (tries >= maxTries)
    return { state: 'dead', tries, nextAtMs: null, problem: `${problem} (given up after ${tries} tries)` };
  const pauseMs = Math.min(FIRST_PAUSE_MS * 3 ** (tries - 1), LONGEST_PAUSE_MS) * (0.8 + 0.4 * chance);
  return { state: 'waiting', tries, nextAtMs: nowMs + Math.round(pauseMs), problem };
}
