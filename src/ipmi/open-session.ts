import { CIPHER_SUITES, type CipherSuite } from './cipher-suites.ts';
import { MalformedMessage, needBytes } from './malformed.ts';

/** Privilege levels (IPMI 2.0 §6.8). */
export const PRIVILEGE = { user: 0x02, operator: 0x03, administrator: 0x04 } as const;
export type Privilege = keyof typeof PRIVILEGE;

export interface OpenSessionRequest {
  /** Comes back with the answer, 0–255. */
  readonly tag: number;
  readonly privilege: Privilege;
  /** The console's session ID; not 0. */
  readonly consoleId: number;
  readonly suite: Pick<CipherSuite, 'authentication' | 'integrity' | 'confidentiality'>;
}

const PROPOSAL_BYTES = 8;

/**
 * RMCP+ Open Session Request (IPMI 2.0 §13.17). One algorithm for each payload type: many BMCs look at the first only,
 * and some take none where there are more.
 */
export function encodeOpenSessionRequest({ tag, privilege, consoleId, suite }: OpenSessionRequest): Buffer {
  const bytes = Buffer.alloc(8 + 3 * PROPOSAL_BYTES);
  bytes[0] = tag;
  bytes[1] = PRIVILEGE[privilege];
  bytes.writeUInt32LE(consoleId, 4);
  const algorithms = [suite.authentication, suite.integrity, suite.confidentiality];
  for (const [type, algorithm] of algorithms.entries()) {
    const at = 8 + type * PROPOSAL_BYTES;
    bytes[at] = type;
    bytes[at + 3] = PROPOSAL_BYTES;
    bytes[at + 4] = algorithm;
  }
  return bytes;
}

export type OpenSessionResponse =
  | { readonly ok: false; readonly tag: number; readonly status: number }
  | {
      readonly ok: true;
      readonly tag: number;
      readonly consoleId: number;
      readonly bmcId: number;
      /** What the BMC has chosen; undefined where it is none of the suites that are safe. */
      readonly suite: CipherSuite | undefined;
    };

/** RMCP+ Open Session Response (IPMI 2.0 §13.18). Throws MalformedMessage. */
export function decodeOpenSessionResponse(bytes: Buffer): OpenSessionResponse {
  needBytes(bytes, 2, 'Open Session Response');
  const tag = bytes.readUInt8(0);
  const status = bytes.readUInt8(1);
  // Some BMCs send nothing more than that when they refuse.
  if (status !== 0) return { ok: false, tag, status };
  needBytes(bytes, 12 + 3 * PROPOSAL_BYTES, 'Open Session Response');
  const consoleId = bytes.readUInt32LE(4);
  const bmcId = bytes.readUInt32LE(8);
  if (bmcId === 0) throw new MalformedMessage('Open Session Response: session ID 0');
  const [authentication, integrity, confidentiality] = [0, 1, 2].map(
    (type) => bytes.readUInt8(12 + type * PROPOSAL_BYTES + 4) & 0x3f,
  );
  const suite = Object.values(CIPHER_SUITES).find(
    (known) =>
      known.authentication === authentication &&
      known.integrity === integrity &&
      known.confidentiality === confidentiality,
  );
  return { ok: true, tag, consoleId, bmcId, suite };
}
