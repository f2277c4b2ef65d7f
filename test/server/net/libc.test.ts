import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AF_INET, AF_PACKET, type Ffi, loadLibc, SOCK_DGRAM } from '../../../server/net/libc.ts';

const absent = (): Promise<Ffi> =>
  Promise.reject(new Error("Cannot find package 'koffi' imported from x\nRequire stack: …"));

/** Loaded once, as in the service: koffi knows the types of its structures by name. */
let loading: ReturnType<typeof loadLibc> | undefined;
const real = () => {
  loading ??= loadLibc();
  return loading;
};

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
    const loaded = await real();
    if (!loaded.ok) throw new Error(loaded.reason);
    const created = loaded.libc.socket(AF_INET, SOCK_DGRAM, 0);
    if (!created.ok) throw new Error(created.code);
    expect(loaded.libc.close(created.value)).toEqual({ ok: true, value: 0 });
    // A number that is surely no descriptor; closing the same one twice might hit another's.
    expect(loaded.libc.close(100_000_000)).toEqual({ ok: false, code: 'EBADF' });
    expect(loaded.libc.socket(9999, SOCK_DGRAM, 0)).toEqual({ ok: false, code: 'EAFNOSUPPORT' });
  });

  it.runIf(process.platform === 'linux')('closes from another thread', async () => {
    const loaded = await real();
    if (!loaded.ok) throw new Error(loaded.reason);
    const { libc } = loaded;
    const created = libc.socket(AF_PACKET, SOCK_DGRAM, 0);
    // Without CAP_NET_RAW any socket will do.
    const opened = created.ok ? created : libc.socket(AF_INET, SOCK_DGRAM, 0);
    if (!opened.ok) throw new Error(opened.code);
    const name = readlinkSync(`/proc/self/fd/${opened.value}`);
    libc.closeLater(opened.value);
    // By its name: the number may be another file's by then.
    while (nameOf(opened.value) === name) await new Promise((resolve) => setImmediate(resolve));
  });
});

function nameOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}
