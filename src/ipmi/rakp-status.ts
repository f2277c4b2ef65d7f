import type { BmcFailure } from '../domain/power/bmc-error.ts';

interface StatusRow {
  readonly says: string;
  readonly failure: BmcFailure;
}

/**
 * RMCP+ and RAKP message status codes (IPMI 2.0 §13.24): what they say and which outcome that is. `no-cipher` means that
 * another suite may be taken, which the caller tries first.
 */
const STATUS: Readonly<Record<number, StatusRow>> = {
  1: { says: 'insufficient resources to create a session', failure: 'out-of-sessions' },
  // 02h and 08h: the BMC has forgotten the session that was just being made.
  2: { says: 'invalid session ID', failure: 'timeout' },
  3: { says: 'invalid payload type', failure: 'no-cipher' },
  4: { says: 'invalid authentication algorithm', failure: 'no-cipher' },
  5: { says: 'invalid integrity algorithm', failure: 'no-cipher' },
  6: { says: 'no matching authentication payload', failure: 'no-cipher' },
  7: { says: 'no matching integrity payload', failure: 'no-cipher' },
  8: { says: 'inactive session ID', failure: 'timeout' },
  9: { says: 'invalid role', failure: 'privilege' },
  10: { says: 'unauthorized role or privilege level', failure: 'privilege' },
  11: { says: 'insufficient resources to create a session at this role', failure: 'out-of-sessions' },
  12: { says: 'invalid name length', failure: 'wrong-credentials' },
  13: { says: 'unauthorized name', failure: 'wrong-credentials' },
  14: { says: 'unauthorized GUID', failure: 'wrong-credentials' },
  15: { says: 'invalid integrity check value', failure: 'wrong-credentials' },
  16: { says: 'invalid confidentiality algorithm', failure: 'no-cipher' },
  17: { says: 'no cipher suite match with proposed algorithms', failure: 'no-cipher' },
  18: { says: 'illegal or unrecognized parameter', failure: 'no-cipher' },
};

/** What a status other than 0 means. A code that the table does not have counts as refused. */
export function rakpStatus(status: number): StatusRow {
  return STATUS[status] ?? { says: 'unknown status code', failure: 'refused' };
}
