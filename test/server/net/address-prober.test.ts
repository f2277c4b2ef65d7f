import { describe, expect, it } from 'vitest';
import { createArpProber } from '../../../server/net/address-prober.ts';
import type { MachineInterface } from '../../../server/net/interfaces.ts';
import type { Libc } from '../../../server/net/libc.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { fromHex, ip } from '../../support/dhcp-packets.ts';
import { createFakeLibc } from '../../support/fake-libc.ts';
import { must } from '../../support/must.ts';

const mac = must(parseMac('52:54:00:12:34:56'), 'mac');
const LINK: MachineInterface = { name: 'lan0', index: 2, mac, up: true, mtu: 1500, addresses: [] };
const A = ip('10.99.0.7');
const B = ip('10.99.0.8');
const claimOf = (sender: string, address: string) =>
  fromHex(`0001 0800 06 04 0002 ${sender} ${address} 525400123456 00000000`);
const pause = async () => undefined;

/** A C library that hears `frames` after the first send. */
function hearing(frames: Buffer[]) {
  const fake = createFakeLibc();
  const recv: Libc['recv'] = (_fd, bytes) => {
    const frame = fake.calls.some((call) => call.startsWith('sendto')) ? frames.shift() : undefined;
    if (frame === undefined) return { ok: false, code: 'EAGAIN' };
    return { ok: true, value: frame.copy(bytes) };
  };
  const sends = () => fake.calls.filter((call) => call.startsWith('sendto')).length;
  return { libc: { ...fake.libc, recv }, calls: fake.calls, sends };
}

describe('asking a link for addresses', () => {
  it('asks three times for those that nobody answers for, once for the others, and closes', async () => {
    const { libc, calls, sends } = hearing([claimOf('020000000001', '0a630007')]);
    const answer = await createArpProber({ ok: true, libc }, pause)(LINK, [A, B]);
    expect(answer).toEqual({ ok: true, users: new Map([[A, ['02:00:00:00:00:01']]]) });
    expect(sends()).toBe(4);
    expect(calls.at(-1)).toBe('closeLater 1000000');
  });

  it('names all that answer for one address, each once, and ends when all are answered', async () => {
    const frames = ['020000000001', '020000000002', '020000000001'].map((from) => claimOf(from, '0a630007'));
    const { libc, sends } = hearing(frames);
    const answer = await createArpProber({ ok: true, libc }, pause)(LINK, [A]);
    expect(answer).toEqual({ ok: true, users: new Map([[A, ['02:00:00:00:00:01', '02:00:00:00:00:02']]]) });
    expect(sends()).toBe(1);
  });

  it('takes neither its own claims, nor those for other addresses, nor garbage', async () => {
    const frames = [claimOf('525400123456', '0a630007'), claimOf('020000000001', '0a630009'), Buffer.of(1)];
    const { libc } = hearing(frames);
    expect(await createArpProber({ ok: true, libc }, pause)(LINK, [A])).toEqual({
      ok: true,
      users: new Map(),
    });
  });

  it.each([
    { name: 'no library', loaded: { ok: false, reason: 'no koffi' }, link: LINK, reason: /no koffi/ },
    {
      name: 'no privilege',
      loaded: { ok: true, libc: createFakeLibc({ 'socket 17 526338 0': 'EPERM' }).libc },
      link: LINK,
      reason: /EPERM.*CAP_NET_RAW/,
    },
    {
      name: 'a link without Ethernet',
      loaded: { ok: true, libc: createFakeLibc().libc },
      link: { name: 'ib0', index: 3, up: true, mtu: 2044, addresses: [] },
      reason: /ib0 has no Ethernet address/,
    },
  ] as const)('says why it cannot: $name', async ({ loaded, link, reason }) => {
    expect(await createArpProber(loaded, pause)(link, [A])).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });

  it('says when the link refuses', async () => {
    const { libc, calls } = hearing([]);
    const down: Libc = { ...libc, sendto: () => ({ ok: false, code: 'ENETDOWN' }) };
    expect(await createArpProber({ ok: true, libc: down }, pause)(LINK, [A])).toMatchObject({
      ok: false,
      reason: expect.stringContaining('ENETDOWN'),
    });
    expect(calls.at(-1)).toBe('closeLater 1000000');
  });
});
