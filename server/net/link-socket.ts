import { endianness } from 'node:os';
import { type Mac, macFromBytes } from '../../src/domain/network/mac.ts';
import {
  AF_PACKET,
  type CallResult,
  type Libc,
  type LibcResult,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
} from './libc.ts';
import { encodeSockaddrLl } from './sockaddr.ts';

/** The Ethernet address of everybody on the link. */
export const EVERYBODY: Mac = macFromBytes(Buffer.alloc(6, 0xff));

/** Sends and hears frames of one protocol on one link, headers of Ethernet left out. */
export interface LinkSocket {
  send(mac: Mac, payload: Buffer): CallResult;
  /** What has arrived since the last call, oldest first; at most {@link MOST_FRAMES}. */
  receive(): readonly Buffer[];
  close(): void;
}

export type LinkSocketResult =
  | { readonly ok: true; readonly socket: LinkSocket }
  | { readonly ok: false; readonly reason: string };

/** One instruction of classic BPF: code, jump if true, jump if false, operand (linux/filter.h). */
export type FilterInstruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

export interface LinkSocketOptions {
  readonly interfaceIndex: number;
  /** Ethernet type: ETH_P_ARP, ETH_P_IP. */
  readonly protocol: number;
  /** Which frames are worth keeping; all of the protocol without one. Offset 0 is behind the Ethernet header. */
  readonly filter?: readonly FilterInstruction[];
}

/** Frames taken in one go: the rest waits for the next. */
const MOST_FRAMES = 256;
const LONGEST_FRAME_BYTES = 2048;

/**
 * Opens the socket. It does not keep anything from other listeners on the machine: a packet socket gets copies. Node
 * cannot wait for one, so its owner asks from time to time, and closes it soon. Never throws. Needs CAP_NET_RAW.
 */
export function openLinkSocket(loaded: LibcResult, options: LinkSocketOptions): LinkSocketResult {
  if (!loaded.ok) return loaded;
  const { libc } = loaded;
  // Protocol 0 hears nothing until the bind: with one it would queue frames of every link before.
  const created = libc.socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (!created.ok)
    return { ok: false, reason: `a packet socket is refused with ${created.code} (it needs CAP_NET_RAW)` };
  const fd = created.value;
  const failed = prepare(libc, fd, options);
  if (failed === undefined) return { ok: true, socket: wrap(libc, fd, options) };
  libc.close(fd);
  return { ok: false, reason: `a packet socket cannot be used: ${failed}` };
}

function prepare(libc: Libc, fd: number, options: LinkSocketOptions): string | undefined {
  const { filter, interfaceIndex, protocol } = options;
  const filtered = filter === undefined ? undefined : libc.attachFilter(fd, encodeFilter(filter));
  if (filtered?.ok === false) return filtered.code;
  const bound = libc.bind(fd, encodeSockaddrLl(EVERYBODY, interfaceIndex, protocol));
  return bound.ok ? undefined : bound.code;
}

function wrap(libc: Libc, fd: number, { interfaceIndex, protocol }: LinkSocketOptions): LinkSocket {
  let open = true;
  return {
    send: (mac, payload) =>
      open
        ? libc.sendto(fd, payload, MSG_DONTWAIT, encodeSockaddrLl(mac, interfaceIndex, protocol))
        : { ok: false, code: 'EBADF' },
    receive: () => {
      const frames: Buffer[] = [];
      const buffer = Buffer.alloc(LONGEST_FRAME_BYTES);
      while (open && frames.length < MOST_FRAMES) {
        const got = libc.recv(fd, buffer, MSG_DONTWAIT);
        if (!got.ok) break;
        frames.push(Buffer.from(buffer.subarray(0, got.value)));
      }
      return frames;
    },
    close: () => {
      // Once only: the number may belong to another file by the second time.
      if (open) libc.closeLater(fd);
      open = false;
    },
  };
}

/** struct sock_filter of linux/filter.h: code, jt, jf, k, in the order of bytes of the machine. */
function encodeFilter(filter: readonly FilterInstruction[]): Buffer {
  const isLittle = endianness() === 'LE';
  const bytes = Buffer.alloc(filter.length * 8);
  filter.forEach(([code, jumpTrue, jumpFalse, operand], index) => {
    const at = index * 8;
    if (isLittle) bytes.writeUInt16LE(code, at);
    else bytes.writeUInt16BE(code, at);
    bytes.set([jumpTrue, jumpFalse], at + 2);
    if (isLittle) bytes.writeUInt32LE(operand, at + 4);
    else bytes.writeUInt32BE(operand, at + 4);
  });
  return bytes;
}
