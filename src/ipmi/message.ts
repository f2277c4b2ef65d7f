import { MalformedMessage, needBytes } from './malformed.ts';

/** Network functions of requests (IPMI 2.0 §5.1); a response has the next number. */
export const NET_FN = { chassis: 0x00, sensor: 0x04, app: 0x06, storage: 0x0a, transport: 0x0c } as const;

/** What a BMC is asked: one command. */
export interface IpmiRequest {
  /** As the specification calls it, for messages to people. */
  readonly name: string;
  readonly netFn: number;
  readonly command: number;
  readonly data: Buffer;
  /** Logical unit of the BMC, 0–3; 0 where left out. */
  readonly lun?: number;
  /** Needs more than privilege level User (IPMI 2.0 §G). */
  readonly operator?: true;
}

/** What a BMC answers. `data` is a view of the packet, behind the completion code. */
export interface IpmiResponse {
  readonly netFn: number;
  readonly command: number;
  /** 0–63 as in the request. */
  readonly sequence: number;
  /** IPMI 2.0 §5.2; 0: done. */
  readonly completionCode: number;
  readonly data: Buffer;
}

/** IPMI 2.0 §5.5: the BMC's slave address, and the first software ID of remote consoles. */
const BMC_ADDRESS = 0x20;
const CONSOLE_ADDRESS = 0x81;

/** Bytes of a request around its data. */
const REQUEST_FRAME = 7;
const RESPONSE_FRAME = 8;

//  rsAddr | netFn:6 rsLUN:2 | checksum | rqAddr | rqSeq:6 rqLUN:2 | cmd | data ... | checksum
/** A request as it goes over LAN (IPMI 2.0 §13.8). `sequence` is 0–63. */
export function encodeRequest(request: IpmiRequest, sequence: number): Buffer {
  const { netFn, command, data, lun = 0 } = request;
  const bytes = Buffer.allocUnsafe(REQUEST_FRAME + data.length);
  bytes[0] = BMC_ADDRESS;
  bytes[1] = (netFn << 2) | lun;
  bytes[2] = checksum(bytes, 0, 2);
  bytes[3] = CONSOLE_ADDRESS;
  bytes[4] = sequence << 2;
  bytes[5] = command;
  data.copy(bytes, 6);
  bytes[6 + data.length] = checksum(bytes, 3, 6 + data.length);
  return bytes;
}

//  rqAddr | netFn:6 rqLUN:2 | checksum | rsAddr | rqSeq:6 rsLUN:2 | cmd | completion code | data ... | checksum
/** Reads a response (IPMI 2.0 §13.8). Throws MalformedMessage, also where a checksum is wrong. */
export function decodeResponse(bytes: Buffer): IpmiResponse {
  needBytes(bytes, RESPONSE_FRAME, 'IPMI response');
  const last = bytes.length - 1;
  if (checksum(bytes, 0, 2) !== bytes[2]) throw new MalformedMessage('IPMI response: wrong header checksum');
  if (checksum(bytes, 3, last) !== bytes[last])
    throw new MalformedMessage('IPMI response: wrong data checksum');
  return {
    netFn: bytes.readUInt8(1) >> 2,
    command: bytes.readUInt8(5),
    sequence: bytes.readUInt8(4) >> 2,
    completionCode: bytes.readUInt8(6),
    data: bytes.subarray(7, last),
  };
}

/** Is it the answer to this request, sent with this sequence number? */
export function answers(response: IpmiResponse, request: IpmiRequest, sequence: number): boolean {
  return (
    response.sequence === sequence &&
    response.command === request.command &&
    response.netFn === request.netFn + 1
  );
}

/** IPMI 2.0 §13.8: with it, the 8-bit sum is 0. */
function checksum(bytes: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += bytes[i] ?? 0;
  return -sum & 0xff;
}
