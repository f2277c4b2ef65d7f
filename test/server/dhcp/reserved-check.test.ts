import { expect, it } from 'vitest';
import { createReservedCheck } from '../../../server/dhcp/reserved-check.ts';
import type { MachineInterface } from '../../../server/net/interfaces.ts';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import { DomainError } from '../../../src/domain/errors.ts';
import { formatIpv4 } from '../../../src/domain/network/ipv4.ts';
import { type Mac, parseMac } from '../../../src/domain/network/mac.ts';
import type { StoredSystem } from '../../../src/store/interfaces/store.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';

const mac = (text: string): Mac => must(parseMac(text), text);
const OWN = ['52:54:00:00:00:01', '52:54:00:00:00:02'];
const LINK: MachineInterface = {
  name: 'lan0',
  index: 2,
  up: true,
  mtu: 1500,
  addresses: [{ address: ip('10.99.0.1'), prefix: 24 }],
};
const SYSTEM = {
  id: 7,
  name: 'web001',
  interfaces: [
    { name: 'eth0', mac: OWN[0], ip: '10.99.0.11', subnet: null },
    { name: 'eth1', mac: OWN[1], ip: null, subnet: null },
    { name: 'eth2', mac: '52:54:00:00:00:03', ip: '10.50.0.11', subnet: null },
    { name: 'eth3', mac: null, clientId: '01:02', ip: '10.99.0.12', subnet: null },
  ],
} as unknown as StoredSystem['system'];

/** Checks web001 where its address is answered for by `users`; the events, or what was thrown. */
async function check(users: readonly string[] | undefined, allowAddressInUse = false) {
  const asked: string[] = [];
  const events: NewBootEvent[] = [];
  const checkReserved = createReservedCheck({
    links: () => [LINK],
    onEvent: (event) => events.push(event),
    probe: async (_link, addresses) => {
      asked.push(...addresses.map(formatIpv4));
      if (users === undefined) return { ok: false, reason: 'EPERM' };
      return { ok: true, users: new Map(users.length === 0 ? [] : [[ip('10.99.0.11'), users.map(mac)]]) };
    },
  });
  const error: unknown = await checkReserved({ system: SYSTEM }, { allowAddressInUse }).catch(
    (thrown) => thrown,
  );
  return { asked, events, error };
}

it.each([
  { name: 'nobody answers', users: [] },
  { name: 'the machine itself answers', users: ['52:54:00:00:00:01'] },
  { name: 'the machine answers with another of its cards', users: ['52:54:00:00:00:02'] },
  { name: 'nobody can be asked', users: undefined },
])('$name: armed, and only the address on a link of ours was asked for', async ({ users }) => {
  expect(await check(users)).toEqual({ asked: ['10.99.0.11'], events: [], error: undefined });
});

it('another machine answers, alone or beside it: refused, with what to do', async () => {
  for (const users of [['02:00:00:00:00:09'], ['52:54:00:00:00:01', '02:00:00:00:00:09']]) {
    const { error, events } = await check(users);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({
      code: 'address-taken',
      message: 'an address of web001 is in use by another machine: 10.99.0.11 is used by 02:00:00:00:00:09',
      hint: expect.stringContaining('--allow-address-in-use'),
    });
    expect(events).toEqual([]);
  }
});

it('armed all the same where that is asked for, and told on the timeline', async () => {
  const { error, events } = await check(['02:00:00:00:00:09'], true);
  expect(error).toBeUndefined();
  expect(events).toMatchObject([
    { systemId: 7, stage: 'address-in-use', outcome: 'warning', mac: '02:00:00:00:00:09' },
  ]);
});
