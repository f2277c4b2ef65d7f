import { describe, expect, it } from 'vitest';
import { AF_INET, type Ffi, loadLibc, SOCK_DGRAM } from '../../../server/net/libc.ts';

const absent = (): Promise<Ffi> =>
  Promise.reject(new Error("Cannot find package 'koffi' imported from x\nRequire stack: …"));

describe('loadLibc', () => {
  it('says that the optional package is missing, in one line', async () => {
    expect(await loadLibc(absent, 'linux', 'x64')).toEqual({
      ok: false,
      reason: "the optional package koffi cannot be loaded: Cannot find package 'koffi' imported from x",
    });
  });

  it.each([
    { platform: 'darwin', arch: 'arm64', reason: 'device sockets are for Linux; this is darwin' },
    { platform: 'linux', arch: 'mips', reason: 'socket option numbers of mips are not known here' },
  ])('refuses $platform $arch', async ({ platform, arch, reason }) => {
    expect(await loadLibc(absent, platform, arch)).toEqual({ ok: false, reason });
  });

  it.runIf(process.platform === 'linux')('calls the C library and names its errors', async () => {
    const loaded = await loadLibc();
    if (!loaded.ok) throw new Error(loaded.reason);
    const created = loaded.libc.socket(AF_INET, SOCK_DGRAM, 0);
    if (!created.ok) throw new Error(created.code);
    expect(loaded.libc.close(created.value)).toEqual({ ok: true, value: 0 });
    // A number that is surely no descriptor; closing the same one twice might hit another's.
    expect(loaded.libc.close(100_000_000)).toEqual({ ok: false, code: 'EBADF' });
    expect(loaded.libc.socket(9999, SOCK_DGRAM, 0)).toEqual({ ok: false, code: 'EAFNOSUPPORT' });
  });
});
