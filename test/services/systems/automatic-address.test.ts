import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ipv4 } from '../../../src/domain/network/ipv4.ts';
import { subnetInput } from '../../../src/domain/network/subnet.ts';
import { systemService } from '../../../src/services/systems/systems.ts';
import { ADA } from '../../support/actors.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { type EmptyStore, openEmptyStore } from '../../support/empty-store.ts';
import { must } from '../../support/must.ts';
import { distroWrite, leaseWrite, NOW_MS, profileWrite } from '../../support/store-records.ts';

const [FIRST, SECOND, THIRD] = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'] as const;
/** Two machines' worth of addresses: .1 and .2. */
const SMALL = subnetInput.parse({ name: 'small', network: '10.0.0.0/30' });
const LAB = subnetInput.parse({ name: 'lab', network: '10.1.0.0/24', gateway: '10.1.0.1' });

interface Asked {
  readonly mac: string;
  readonly ip: string | null;
  readonly subnet?: string;
}

describe('an automatic address', () => {
  let empty: EmptyStore;
  beforeEach(async () => {
    empty = await openEmptyStore();
    await empty.store.transaction(async (tx) => {
      const distro = await tx.distros.add(distroWrite(), NOW_MS);
      await tx.profiles.add(profileWrite(distro.id), NOW_MS);
      for (const subnet of [SMALL, LAB]) await tx.subnets.add(subnet, NOW_MS);
    });
  });
  afterEach(() => empty.dispose());

  const systems = () =>
    systemService(
      {
        store: empty.store,
        now: () => NOW_MS,
        randomBytes: (length) => Buffer.alloc(length),
        secrets: { seal: (plain) => plain, open: (sealed) => sealed },
      },
      () => [],
    );
  const interfaces = (asked: readonly Asked[]) =>
    asked.map((one, index) => ({ name: `eth${index}`, ...one }));
  const addressesAfter = async (...steps: readonly (readonly Asked[])[]) => {
    const [first = [], ...edits] = steps;
    let system = await systems().add(
      { name: 'web', profile: 'debian-13', interfaces: interfaces(first) },
      ADA,
    );
    for (const asked of edits) system = await systems().update('web', { interfaces: interfaces(asked) }, ADA);
    return system.interfaces.map(({ ip }) => ip);
  };
  const auto = (mac: string, subnet = 'lab'): Asked => ({ mac, ip: 'auto', subnet });

  it.each<{ name: string; steps: Asked[][]; addresses: (string | null)[] }>([
    { name: 'asked for again stays', steps: [[auto(FIRST)], [auto(FIRST)]], addresses: ['10.1.0.2'] },
    {
      name: 'keeps one that was chosen by hand',
      steps: [[{ mac: FIRST, ip: '10.1.0.77' }], [auto(FIRST)]],
      addresses: ['10.1.0.77'],
    },
    {
      name: 'stays in a subnet that is full',
      steps: [
        [auto(FIRST, 'small'), auto(SECOND, 'small')],
        [auto(FIRST, 'small'), auto(SECOND, 'small')],
      ],
      addresses: ['10.0.0.1', '10.0.0.2'],
    },
    {
      name: 'stays with its MAC, whatever the interface is called and where it stands',
      steps: [
        [auto(FIRST), auto(SECOND)],
        [auto(SECOND), auto(FIRST)],
      ],
      addresses: ['10.1.0.3', '10.1.0.2'],
    },
    {
      name: 'stays while another interface is added before it',
      steps: [[auto(FIRST)], [auto(THIRD), auto(FIRST)]],
      addresses: ['10.1.0.3', '10.1.0.2'],
    },
    {
      name: 'moves to the subnet that is asked for',
      steps: [[auto(FIRST)], [auto(FIRST, 'small')]],
      addresses: ['10.0.0.1'],
    },
    {
      name: 'gives way to an interface that names it',
      steps: [
        [auto(FIRST), auto(SECOND)],
        [auto(FIRST), { mac: SECOND, ip: '10.1.0.2' }],
      ],
      addresses: ['10.1.0.4', '10.1.0.2'],
    },
    {
      name: 'is new where there was none',
      steps: [[{ mac: FIRST, ip: null }], [auto(FIRST)]],
      addresses: ['10.1.0.2'],
    },
  ])('$name', async ({ steps, addresses }) => {
    expect(await addressesAfter(...steps)).toEqual(addresses);
  });

  it('gives way to the BMC of the same system', async () => {
    const web = { name: 'web', profile: 'debian-13', interfaces: interfaces([auto(FIRST)]) };
    await systems().add(web, ADA);
    const change = { interfaces: interfaces([auto(FIRST)]), bmc: { address: '10.1.0.2' } };
    const system = await systems().update('web', change, ADA);
    expect([system.interfaces[0]?.ip, system.bmc?.address]).toEqual(['10.1.0.3', '10.1.0.2']);
    const other = { ...web, name: 'db', interfaces: [auto(SECOND)], bmc: { address: '10.1.0.4' } };
    expect((await systems().add(other, ADA)).interfaces[0]?.ip).toBe('10.1.0.5');
  });

  it('moves out of a dynamic range that lies over it', async () => {
    await addressesAfter([{ mac: FIRST, ip: '10.1.0.77' }]);
    // The service refuses such a range; written to the store it stands for a database of another hand.
    await empty.store.transaction(async (tx) => {
      const lab = must(await tx.subnets.find('lab'), 'subnet lab');
      const ranges = [{ from: '10.1.0.50', to: '10.1.0.99' }];
      await tx.subnets.update(lab.id, { ...LAB, ranges }, NOW_MS);
    });
    const system = await systems().update('web', { interfaces: interfaces([auto(FIRST)]) }, ADA);
    expect(system.interfaces.map(({ ip }) => ip)).toEqual(['10.1.0.2']);
  });

  it('is the lowest that is free, behind full blocks, ranges, exclusions and leases', async () => {
    const wide = subnetInput.parse({
      name: 'wide',
      network: '10.2.0.0/21',
      ranges: [{ from: '10.2.2.8', to: '10.2.4.3' }],
      exclusions: [{ from: '10.2.4.4', to: '10.2.4.9' }],
    });
    const first = ip('10.2.0.1');
    const taken = Array.from({ length: ip('10.2.2.8') - first }, (_, index) => (first + index) as Ipv4);
    await empty.store.transaction(async (tx) => {
      await tx.subnets.add(wide, NOW_MS);
      await tx.addresses.replaceServerAddresses(taken, NOW_MS);
    });
    await empty.store.dhcp.commitLease(leaseWrite(60, '10.2.4.10'));
    const next = async (name: string, mac: string) => {
      const [asked] = interfaces([auto(mac, 'wide')]);
      return (await systems().add({ name, profile: 'debian-13', interfaces: [asked] }, ADA)).interfaces[0]
        ?.ip;
    };
    expect(await next('web1', FIRST)).toBe('10.2.4.11');
    await empty.store.transaction((tx) =>
      tx.addresses.replaceServerAddresses(taken.toSpliced(300, 1), NOW_MS),
    );
    expect(await next('web2', SECOND)).toBe('10.2.1.45');
    expect(await next('web3', THIRD)).toBe('10.2.4.12');
  });
});
