import type { CallResult, Libc } from '../../server/net/libc.ts';

/** A C library of which every call is noted, and which refuses the calls named with the error named. */
export function createFakeLibc(refusals: Readonly<Record<string, string>> = {}) {
  const calls: string[] = [];
  const call = (name: string, value = 0): CallResult => {
    calls.push(name);
    const code = refusals[name];
    return code === undefined ? { ok: true, value } : { ok: false, code };
  };
  const libc: Libc = {
    socket: (domain, type, protocol) => call(`socket ${domain} ${type} ${protocol}`, 1_000_000),
    setsockopt: (_fd, level, option, value) => call(`setsockopt ${level} ${option} ${value.toString('hex')}`),
    getsockopt: (_fd, level, option) => call(`getsockopt ${level} ${option}`),
    bind: (_fd, address) => call(`bind ${address.toString('hex')}`),
    sendto: (_fd, bytes, flags, address) =>
      call(`sendto ${bytes.toString('hex')} ${flags} ${address.toString('hex')}`, bytes.length),
    recv: () => ({ ok: false, code: 'EAGAIN' }),
    attachFilter: (_fd, program) => call(`attachFilter ${program.toString('hex')}`),
    sendmmsg: (_fd, _vector, count) => call(`sendmmsg ${count}`, count),
    recvmmsg: (_fd, _vector, count) => call(`recvmmsg ${count}`),
    addressOf: () => 0x1000,
    close: (fd) => call(`close ${fd}`),
    duplicate: (fd) => call(`duplicate ${fd}`),
    sendfileLater: (fd, file) => Promise.resolve(Number(call(`sendfile ${fd} ${file}`).ok)),
    closeLater: (fd) => void call(`closeLater ${fd}`),
  };
  return { libc, calls };
}
