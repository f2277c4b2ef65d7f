/** An IPMI request as it lies in a LAN message (IPMI 2.0 §13.8). */
export interface Request {
  /** Network function and command in one number: Get Chassis Status is 0x0001, Get Device ID 0x0601. */
  readonly code: number;
  readonly data: Buffer;
  /** What the answer repeats. */
  readonly from: { readonly address: number; readonly sequenceAndLun: number; readonly lun: number };
}

/** What a command answers: a completion code (IPMI 2.0 §5.2), 0 where it went well, and data. */
export interface Answer {
  readonly code: number;
  readonly data?: Buffer | readonly number[];
}

export const OK: Answer = { code: 0 };

const BMC_ADDRESS = 0x20;

/** Undefined where a checksum is wrong or it is no request for the BMC. */
export function decodeRequest(message: Buffer): Request | undefined {
  if (message.length < 7 || message[0] !== BMC_ADDRESS) return undefined;
  if (sum(message.subarray(0, 3)) !== 0 || sum(message.subarray(3)) !== 0) return undefined;
  const netFn = message.readUInt8(1) >> 2;
  if (netFn % 2 !== 0) return undefined;
  return {
    code: (netFn << 8) | message.readUInt8(5),
    data: message.subarray(6, -1),
    from: {
      address: message.readUInt8(3),
      sequenceAndLun: message.readUInt8(4),
      lun: message.readUInt8(1) & 3,
    },
  };
}

export function encodeAnswer({ code, from }: Request, answer: Answer): Buffer {
  const netFnAndLun = (((code >> 8) | 1) << 2) | (from.sequenceAndLun & 3);
  const head = [from.address, netFnAndLun];
  const sequenceAndLun = (from.sequenceAndLun & 0xfc) | from.lun;
  const body = Buffer.from([BMC_ADDRESS, sequenceAndLun, code & 0xff, answer.code, ...(answer.data ?? [])]);
  return Buffer.from([...head, checksum(Buffer.from(head)), ...body, checksum(body)]);
}

function sum(bytes: Buffer): number {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total & 0xff;
}

/** Two's complement: with it, the sum is 0 (IPMI 2.0 §13.8). */
export function checksum(bytes: Buffer): number {
  return -sum(bytes) & 0xff;
}
