import { getSystemErrorMap } from 'node:util';

/** A system call's outcome: its value, or the symbolic error (`EPERM`). */
export type CallResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly code: string };

/** The few calls of the C library that Node does not offer. Lengths are those of the buffers given. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): CallResult;
  setsockopt(fd: number, level: number, option: number, value: Buffer): CallResult;
  /** Fills `value` from the start; the outcome is the length filled. */
  getsockopt(fd: number, level: number, option: number, value: Buffer): CallResult;
  bind(fd: number, address: Buffer): CallResult;
  sendto(fd: number, bytes: Buffer, flags: number, address: Buffer): CallResult;
  /** Fills `bytes` from the start with one packet, cut to fit; the outcome is the length filled. */
  recv(fd: number, bytes: Buffer, flags: number): CallResult;
  /** Has the kernel drop what a filter program (classic BPF, eight bytes an instruction) does not let through. */
  attachFilter(fd: number, program: Buffer): CallResult;
  /** `vector` is an array of struct mmsghdr; the outcome is how many of its first `count` were sent or filled. */
  sendmmsg(fd: number, vector: Buffer, count: number, flags: number): CallResult;
  recvmmsg(fd: number, vector: Buffer, count: number, flags: number): CallResult;
  /** Where the first byte lies, for structures that point at others. It stays there as long as the buffer is referenced. */
  addressOf(bytes: Buffer): number;
  /** One more descriptor of the same thing, which programs started later do not have; fcntl(2), F_DUPFD_CLOEXEC. */
  duplicate(fd: number): CallResult;
  /**
   * sendfile(2) on a thread of the pool: up to `count` bytes of the file from `offset` on, an off64_t that must not
   * move or change meanwhile. Resolves with the bytes sent, or -1; which error it was is known on that thread only.
   */
  sendfileLater(outFd: number, inFd: number, offset: Buffer, count: number): Promise<number>;
  close(fd: number): CallResult;
  /**
   * Closes from another thread. The kernel lets go of a packet socket only after tens of milliseconds, in which nobody
   * would be served here.
   */
  closeLater(fd: number): void;
}

/** The library, or why there is none: koffi is an optional dependency with prebuilt binaries. */
export type LibcResult =
  | { readonly ok: true; readonly libc: Libc }
  | { readonly ok: false; readonly reason: string };

interface NativeCall {
  (...values: unknown[]): number | bigint;
  /** The same on a thread of koffi's; the last value is told of the end. */
  async(...values: unknown[]): void;
}

/** The part of koffi in use. */
export interface Ffi {
  load(path: string | null): { func(definition: string): NativeCall };
  struct(name: string, members: Readonly<Record<string, string>>): unknown;
  sizeof(type: unknown): number;
  errno(): number;
  address(value: Buffer): bigint;
}

/**
 * The socket option numbers below are those of include/uapi/asm-generic/socket.h; mips, sparc, alpha and
 * parisc number them differently, and a wrong number would set another option without a word.
 */
const ARCHITECTURES = ['x64', 'arm64', 'arm', 'ia32', 'riscv64', 'loong64', 'ppc64', 's390x'];

/** linux/socket.h, asm-generic/socket.h. */
export const AF_INET = 2;
export const AF_PACKET = 17;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_BROADCAST = 6;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_BINDTODEVICE = 25;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
const SO_ATTACH_FILTER = 26;
export const MSG_DONTWAIT = 0x40;
/** linux/fcntl.h. */
const F_DUPFD_CLOEXEC = 1030;

/**
 * Loads the calls, on first use and not at import: a machine without koffi must still start.
 * Never throws. `importFfi`, `platform` and `arch` are arguments for the tests.
 */
export async function loadLibc(
  importFfi: () => Promise<Ffi> = importKoffi,
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<LibcResult> {
  if (platform !== 'linux') return { ok: false, reason: `device sockets are for Linux; this is ${platform}` };
  if (!ARCHITECTURES.includes(arch))
    return { ok: false, reason: `socket option numbers of ${arch} are not known here` };
  try {
    return { ok: true, libc: bindCalls(await importFfi()) };
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { ok: false, reason: `the optional package koffi cannot be loaded: ${firstLine}` };
  }
}

async function importKoffi(): Promise<Ffi> {
  const koffi = await import('koffi');
  return koffi.default;
}

function bindCalls(ffi: Ffi): Libc {
  // null is the program itself: its libc, whether glibc or musl, without guessing a file name.
  const program = ffi.load(null);
  const socket = program.func('int socket(int, int, int)');
  const setsockopt = program.func('int setsockopt(int, int, int, const void *, uint32_t)');
  const getsockopt = program.func('int getsockopt(int, int, int, void *, void *)');
  const bind = program.func('int bind(int, const void *, uint32_t)');
  const sendto = program.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)');
  const recv = program.func('long recv(int, void *, size_t, int)');
  const sendmmsg = program.func('int sendmmsg(int, const void *, uint32_t, int)');
  const recvmmsg = program.func('int recvmmsg(int, void *, uint32_t, int, void *)');
  const close = program.func('int close(int)');
  const fcntl = program.func('int fcntl(int, int, ...)');
  const sendfile = bindSendfile(program);
  const filterProgram = ffi.struct('sock_fprog', { len: 'uint16_t', filter: 'const void *' });
  const attach = program.func('int setsockopt(int, int, int, const sock_fprog *, uint32_t)');
  // errno is read at once: the next call of anything in this thread overwrites it.
  const outcome = (value: number | bigint): CallResult =>
    Number(value) >= 0 ? { ok: true, value: Number(value) } : { ok: false, code: errnoName(ffi.errno()) };
  return {
    socket: (domain, type, protocol) => outcome(socket(domain, type, protocol)),
    setsockopt: (fd, level, option, value) => outcome(setsockopt(fd, level, option, value, value.length)),
    getsockopt: (fd, level, option, value) => {
      const length = new Uint32Array([value.length]);
      const result = outcome(getsockopt(fd, level, option, value, length));
      return result.ok ? { ok: true, value: length[0] ?? 0 } : result;
    },
    bind: (fd, address) => outcome(bind(fd, address, address.length)),
    sendto: (fd, bytes, flags, address) =>
      outcome(sendto(fd, bytes, bytes.length, flags, address, address.length)),
    recv: (fd, bytes, flags) => outcome(recv(fd, bytes, bytes.length, flags)),
    attachFilter: (fd, filter) => {
      const program = { len: filter.length / 8, filter };
      return outcome(attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, ffi.sizeof(filterProgram)));
    },
    sendmmsg: (fd, vector, count, flags) => outcome(sendmmsg(fd, vector, count, flags)),
    recvmmsg: (fd, vector, count, flags) => outcome(recvmmsg(fd, vector, count, flags, null)),
    // User space ends below 2^52 everywhere: the number is exact.
    addressOf: (bytes) => Number(ffi.address(bytes)),
    duplicate: (fd) => outcome(fcntl(fd, F_DUPFD_CLOEXEC, 'int', 0)),
    sendfileLater: (outFd, inFd, offset, count) =>
      new Promise((resolve, reject) =>
        sendfile.async(outFd, inFd, offset, count, (error: unknown, sent: number | bigint) =>
          error ? reject(error) : resolve(Number(sent)),
        ),
      ),
    close: (fd) => outcome(close(fd)),
    // What a close might say is of no use to anybody: the descriptor is gone in any case, close(2).
    closeLater: (fd) => close.async(fd, () => {}),
  };
}

/** The one with an offset of 64 bits. glibc has it under a name of its own; for musl all offsets are so. */
function bindSendfile(program: ReturnType<Ffi['load']>): NativeCall {
  const definition = (name: string) => `long ${name}(int, int, void *, size_t)`;
  try {
    return program.func(definition('sendfile64'));
  } catch {
    return program.func(definition('sendfile'));
  }
}

/** `EPERM` for 1; a number unknown to Node stays a number. */
function errnoName(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}
