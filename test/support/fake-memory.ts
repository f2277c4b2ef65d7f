import type { CallResult, Libc } from '../../server/net/libc.ts';
import { createFakeLibc } from './fake-libc.ts';

/** A datagram as the kernel would read it out of a struct mmsghdr. */
export interface GatheredDatagram {
  readonly bytes: Buffer;
  readonly address: string;
  readonly port: number;
  /** UDP_SEGMENT: the length of the datagrams that it is to be cut into. */
  readonly segmentBytes: number | undefined;
}

/**
 * A C library with a memory of its own: buffers get addresses, and what they point at can be read, as the kernel does.
 * `outcomes` are those of the next calls of sendmmsg; when they are used up, everything is sent.
 */
export function createFakeMemory(outcomes: CallResult[] = []) {
  const buffers: { readonly address: number; readonly bytes: Buffer }[] = [];
  const sent: GatheredDatagram[] = [];
  let next = 0x7f00_0000_1000;

  const read = (address: number, length: number): Buffer => {
    const found = buffers.find(
      (item) => address >= item.address && address + length <= item.address + item.bytes.length,
    );
    if (found === undefined) throw new Error(`${length} bytes at ${address.toString(16)} are nobody's`);
    return found.bytes.subarray(address - found.address, address - found.address + length);
  };
  const pointer = (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at));
  const gather = (header: Buffer): GatheredDatagram => {
    const name = read(pointer(header, 0), header.readUInt32LE(8));
    const iovecs = pointer(header, 16);
    const parts = Array.from({ length: pointer(header, 24) }, (_, index) => {
      const iovec = read(iovecs + 16 * index, 16);
      return read(pointer(iovec, 0), pointer(iovec, 8));
    });
    const controlBytes = pointer(header, 40);
    return {
      bytes: Buffer.concat(parts),
      address: [...name.subarray(4, 8)].join('.'),
      port: name.readUInt16BE(2),
      segmentBytes: controlBytes === 0 ? undefined : segmentOf(read(pointer(header, 32), controlBytes)),
    };
  };
  const libc: Libc = {
    ...createFakeLibc().libc,
    addressOf(bytes) {
      const known = buffers.find((item) => item.bytes === bytes);
      if (known !== undefined) return known.address;
      // Far apart, so that a pointer past the end of one is in nobody's.
      next += bytes.length + 0x1000;
      buffers.push({ address: next, bytes });
      return next;
    },
    sendmmsg(_fd, vector, count) {
      const outcome = outcomes.shift() ?? { ok: true, value: count };
      const taken = outcome.ok ? outcome.value : 0;
      for (let index = 0; index < taken; index += 1) sent.push(gather(vector.subarray(64 * index)));
      return outcome;
    },
  };
  return { libc, sent };
}

/** struct cmsghdr: length 18, level SOL_UDP, type UDP_SEGMENT, and a u16. */
function segmentOf(control: Buffer): number {
  const header = [control.readUInt32LE(0), control.readUInt32LE(8), control.readUInt32LE(12)];
  if (header.join(' ') !== '18 17 103') throw new Error(`control message ${header.join(' ')}`);
  return control.readUInt16LE(16);
}
