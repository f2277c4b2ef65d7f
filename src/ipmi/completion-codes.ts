import type { BmcFailure } from '../domain/power/bmc-error.ts';

interface CodeRow {
  readonly says: string;
  readonly failure: BmcFailure;
}

/** Generic completion codes (IPMI 2.0 §5.2): what they say and which outcome that is. */
const CODES: Readonly<Record<number, CodeRow>> = {
  192: { says: 'node busy', failure: 'busy' },
  193: { says: 'invalid command', failure: 'unsupported' },
  194: { says: 'command invalid for given LUN', failure: 'unsupported' },
  195: { says: 'timeout while processing command', failure: 'busy' },
  196: { says: 'out of space', failure: 'refused' },
  197: { says: 'reservation cancelled or invalid', failure: 'busy' },
  198: { says: 'request data truncated', failure: 'refused' },
  199: { says: 'request data length invalid', failure: 'refused' },
  200: { says: 'request data field length limit exceeded', failure: 'refused' },
  201: { says: 'parameter out of range', failure: 'unsupported' },
  202: { says: 'cannot return number of requested data bytes', failure: 'refused' },
  203: { says: 'requested sensor, data or record not present', failure: 'unsupported' },
  204: { says: 'invalid data field in request', failure: 'refused' },
  205: { says: 'command illegal for specified sensor or record type', failure: 'unsupported' },
  206: { says: 'command response could not be provided', failure: 'busy' },
  207: { says: 'cannot execute duplicated request', failure: 'busy' },
  208: { says: 'SDR repository in update mode', failure: 'busy' },
  209: { says: 'device in firmware update mode', failure: 'busy' },
  210: { says: 'BMC initialization in progress', failure: 'busy' },
  211: { says: 'destination unavailable', failure: 'unsupported' },
  212: { says: 'insufficient privilege level', failure: 'privilege' },
  213: { says: 'command not supported in present state', failure: 'refused' },
  214: { says: 'command sub-function disabled or unavailable', failure: 'unsupported' },
  255: { says: 'unspecified error', failure: 'refused' },
};

export const COMPLETED = 0x00;
export const INSUFFICIENT_PRIVILEGE = 0xd4;

/** What a completion code other than 0 means. What only one command or vendor knows counts as refused. */
export function completionCode(code: number): CodeRow {
  return CODES[code] ?? { says: 'a code of this command or vendor alone', failure: 'refused' };
}
