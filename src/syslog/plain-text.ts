import { printableLine } from '../domain/printable.ts';

/** Senders end a message with any of these, or with several. */
const ENDS = /[\n\r\0]+$/;

/**
 * What a machine sent, as one line that is safe to show and to keep: what is no UTF-8 becomes U+FFFD, a control character is
 * shown as `\u{1b}`. RFC 5424 §8.2 leaves NUL and control characters to the receiver.
 */
export function plainText(bytes: Buffer): string {
  return printableLine(bytes.toString('utf8').replace(ENDS, ''));
}
