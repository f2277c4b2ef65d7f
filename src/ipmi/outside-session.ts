import { answers, decodeResponse, encodeRequest, type IpmiRequest, type IpmiResponse } from './message.ts';
import { AUTH_TYPE, decodeOldPacket, encodeOldPacket } from './old-packet.ts';
import { FORMAT_PLUS } from './plus-packet.ts';
import { decodeRmcp } from './rmcp.ts';

/** A request that is asked outside of a session: in the format of IPMI 1.5 (IPMI 2.0 §13.6). */
export function encodeOutside(request: IpmiRequest, requestSequence: number): Buffer {
  return encodeOldPacket({
    authType: AUTH_TYPE.none,
    sequence: 0,
    sessionId: 0,
    authCode: undefined,
    payload: encodeRequest(request, requestSequence),
  });
}

/** Its answer; undefined where the datagram is something else. Throws MalformedMessage. */
export function takeOutside(
  datagram: Buffer,
  request: IpmiRequest,
  requestSequence: number,
): IpmiResponse | undefined {
  const { type, body } = decodeRmcp(datagram);
  if (type !== 'ipmi' || body[0] === FORMAT_PLUS) return undefined;
  const packet = decodeOldPacket(body);
  if (packet.sessionId !== 0) return undefined;
  const response = decodeResponse(packet.payload);
  return answers(response, request, requestSequence) ? response : undefined;
}
