import { CIPHER_SUITES, type CipherSuite, type CipherSuiteId, SUITE_ORDER } from './cipher-suites.ts';

/** Suites to try one after the other: the one that was asked for alone, else what has worked before first. */
export function suitesToTry(
  wanted: CipherSuiteId | null,
  remembered: CipherSuiteId | undefined,
): readonly CipherSuite[] {
  if (wanted !== null) return [CIPHER_SUITES[wanted]];
  const order =
    remembered === undefined ? SUITE_ORDER : [remembered, ...SUITE_ORDER.filter((id) => id !== remembered)];
  return order.map((id) => CIPHER_SUITES[id]);
}
