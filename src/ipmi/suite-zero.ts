import { decodeOpenSessionResponse, encodeOpenSessionRequest, type Privilege } from './open-session.ts';
import { decodePlusPacket, encodePlainPacket, PAYLOAD } from './plus-packet.ts';
import { encodeRakp3Refusal } from './rakp.ts';

/** No authentication, integrity or confidentiality: cipher suite 0 (IPMI 2.0 §22.15.2) lets in whoever knows a user's name. */
const SUITE_ZERO = { authentication: 0, integrity: 0, confidentiality: 0 };

export interface SuiteZeroProbe {
  readonly consoleId: number;
  readonly privilege: Privilege;
}

/** Asks whether a BMC would open a session with cipher suite 0. None is opened. */
export function encodeSuiteZeroProbe({ consoleId, privilege }: SuiteZeroProbe): Buffer {
  const request = { tag: consoleId & 0xff, privilege, consoleId, suite: SUITE_ZERO };
  return encodePlainPacket(PAYLOAD.openSessionRequest, encodeOpenSessionRequest(request));
}

export type SuiteZeroAnswer =
  | { readonly accepted: false }
  /** `goodbye` tells the BMC that there will be no session. */
  | { readonly accepted: true; readonly goodbye: Buffer };

/** The answer to the probe; undefined where the datagram is something else. Throws MalformedMessage. */
export function takeSuiteZeroAnswer(probe: SuiteZeroProbe, datagram: Buffer): SuiteZeroAnswer | undefined {
  const packet = decodePlusPacket(datagram);
  if (packet?.sessionId !== 0 || packet.payloadType !== PAYLOAD.openSessionResponse) return undefined;
  const answer = decodeOpenSessionResponse(packet.payload);
  const tag = probe.consoleId & 0xff;
  if (answer.tag !== tag) return undefined;
  if (!answer.ok) return { accepted: false };
  if (answer.consoleId !== probe.consoleId) return undefined;
  return { accepted: true, goodbye: encodePlainPacket(PAYLOAD.rakp3, encodeRakp3Refusal(tag, answer.bmcId)) };
}
