import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RecordsDocument } from '../../../src/domain/records/apply.ts';
import { ADA } from '../../support/actors.ts';
import { openRecordWorld, type RecordWorld } from '../../support/record-world.ts';

const orNothing = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const words = fc.array(fc.constantFrom('quiet', 'console=ttyS0', 'net.ifnames=0'), { maxLength: 3 });
const text = fc.stringMatching(/^[ -~äöü]{0,20}$/);
const bootFields = {
  loader: orNothing(fc.constantFrom('ipxe', 'grub')),
  localBoot: orNothing(fc.constantFrom('exit', 'sanboot')),
  handoff: orNothing(fc.constantFrom('none', 'site')),
  dhcpOptions: orNothing(
    fc.uniqueArray(
      fc.record({
        code: fc.integer({ min: 224, max: 248 }),
        value: fc.constantFrom('a', 'b c'),
        always: fc.boolean(),
      }),
      { maxLength: 3, selector: ({ code }) => code },
    ),
  ),
};
const settings = fc.record(
  {
    disk: fc.constantFrom('/dev/sda', '/dev/disk/by-id/x'),
    timezone: fc.constantFrom('Europe/Berlin', 'Etc/UTC'),
    packages: fc.array(fc.constantFrom('vim', 'htop'), { maxLength: 2 }),
    vars: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), text, { maxKeys: 3 }),
    rootPartition: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: [] },
);

const distro = fc.record({
  family: fc.constantFrom('debian', 'redhat'),
  version: fc.constantFrom('13', '9.4'),
  kernel: fc.constant('/srv/linux'),
  initrd: fc.constant('/srv/initrd'),
  tree: orNothing(fc.constantFrom('http://mirror.example/debian', '/srv/tree')),
  arch: orNothing(fc.constantFrom('x86_64', 'aarch64')),
  kernelArgs: orNothing(words),
});
const profile = fc.record({
  distro: fc.integer({ min: 0, max: 1 }),
  answerFile: fc.constant('debian-13.preseed'),
  answerKind: fc.constantFrom('preseed', 'kickstart'),
  kernelArgs: orNothing(words),
  settings: orNothing(settings),
  ...bootFields,
});
const subnet = fc.record({
  gateway: fc.boolean(),
  mtu: orNothing(fc.constantFrom(1500, 9000)),
  domainSearch: orNothing(fc.constant(['a.example', 'b.example'])),
  leaseSeconds: orNothing(fc.constantFrom(600, 3600)),
  dhcp: orNothing(fc.constantFrom('off', 'authoritative', 'shared')),
  ranges: fc.subarray([200, 180, 220]),
});
const system = fc.record({
  profile: fc.integer({ min: 0, max: 2 }),
  hostname: fc.boolean(),
  known: fc.constantFrom('mac', 'clientId', 'circuitId'),
  address: fc.constantFrom('fixed', 'auto', 'none'),
  second: fc.boolean(),
  bmc: orNothing(fc.constantFrom('ipmi', 'redfish', 'none')),
  roles: orNothing(fc.subarray(['web', 'db'])),
  comment: text,
  kernelArgs: orNothing(words),
  settings: orNothing(settings),
  ...bootFields,
});

/** Valid whatever is drawn: names and addresses follow from the places. */
const documents = fc
  .record({
    distros: fc.array(distro, { minLength: 2, maxLength: 2 }),
    profiles: fc.array(profile, { minLength: 3, maxLength: 3 }),
    subnets: fc.array(subnet, { minLength: 2, maxLength: 2 }),
    systems: fc.array(system, { maxLength: 6 }),
  })
  .map(({ distros, profiles, subnets, systems }) => ({
    distros: distros.map((item, n) => ({ name: `os${n}`, ...item })),
    profiles: profiles.map((item, n) => ({ name: `p${n}`, ...item, distro: `os${item.distro}` })),
    subnets: subnets.map(({ gateway, ranges, ...item }, n) => ({
      name: `net${n}`,
      network: `10.${n}.0.0/24`,
      gateway: gateway ? `10.${n}.0.254` : null,
      ranges: ranges.map((from) => ({ from: `10.${n}.0.${from}`, to: `10.${n}.0.${from + 9}` })),
      ...item,
    })),
    systems: systems.map(systemOf),
  }));

interface Drawn {
  readonly profile: number;
  readonly hostname: boolean;
  readonly known: 'mac' | 'clientId' | 'circuitId';
  readonly address: string;
  readonly second: boolean;
  readonly bmc: string | undefined;
}

function systemOf({ profile, hostname, known, address, second, bmc, ...more }: Drawn, n: number): object {
  const ids = { mac: `52:54:00:00:00:0${n}`, clientId: `client-${n}`, circuitId: `0x000${n}` };
  const addresses: Record<string, object> = {
    none: {},
    auto: { ip: 'auto', subnet: 'net0' },
    fixed: { ip: `10.0.0.${10 + n}` },
  };
  const first = { [known]: ids[known], ...addresses[address] };
  const other = { name: 'eth1', mac: `52:54:00:00:01:0${n}`, ip: `10.1.0.${10 + n}` };
  const place = { address: `10.9.0.${n + 1}` };
  const bmcs: Record<string, object> = { none: place };
  return {
    ...more,
    name: `web${n}`,
    profile: `p${profile}`,
    hostname: hostname ? `host${n}.example` : null,
    interfaces: second ? [first, other] : [first],
    bmc: bmc === undefined ? null : (bmcs[bmc] ?? { ...place, firmware: 'uefi', user: 'ada', driver: bmc }),
  };
}

async function inWorld<T>(work: (world: RecordWorld) => Promise<T>): Promise<T> {
  const world = await openRecordWorld();
  return work(world).finally(world.dispose);
}

async function actionsOf({ records }: RecordWorld, document: unknown, dryRun = false): Promise<string[]> {
  const { results } = await records.apply.apply({ records: document }, ADA, dryRun);
  return [...new Set(results.map(({ action }) => action))];
}

it('an export loads back to the same export, and then changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(documents, async (document) => {
      const exported = await inWorld(async (world) => {
        // What a document says that was sent as JSON.
        expect(await actionsOf(world, JSON.parse(JSON.stringify(document)))).toEqual(['added']);
        const first = await world.records.apply.export(ADA);
        expect(await actionsOf(world, first)).toEqual(['unchanged']);
        return first;
      });
      await inWorld(async (world) => {
        expect(await actionsOf(world, exported, true)).toEqual(['added']);
        expect(await world.records.apply.export(ADA)).toEqual(EMPTY);
        await actionsOf(world, exported);
        expect(JSON.stringify(await world.records.apply.export(ADA))).toBe(JSON.stringify(exported));
      });
    }),
    { numRuns: 10, seed: 20 },
  );
});

it('loads bonds, VLANs, routes, further and shared addresses back', async () => {
  const mac = (n: number) => `52:54:00:00:00:0${n}`;
  const machine = (n: number) => ({
    name: `web${n}`,
    profile: 'p',
    interfaces: [
      { mac: mac(2 * n) },
      { name: 'eth1', mac: mac(2 * n + 1) },
      {
        name: 'bond0',
        type: 'bond',
        parents: ['eth0', 'eth1'],
        bondMode: '802.3ad',
        mtu: 9000,
        ip: `10.0.0.${n}0`,
        addresses: [`10.0.0.${n}2`, `10.0.0.${n}1`],
        sharedAddresses: ['10.0.0.100'],
        routes: [{ to: '10.20.0.0/16', via: '10.0.0.254' }],
      },
      { name: 'bond0.7', type: 'vlan', parents: ['bond0'], vlan: 7, ip: `10.7.0.${n}` },
    ],
  });
  const document = {
    distros: [{ name: 'd', family: 'debian', version: '13', kernel: '/k', initrd: '/i' }],
    profiles: [{ name: 'p', distro: 'd', answerFile: 'a.preseed', answerKind: 'preseed' }],
    subnets: [
      { name: 'lan', network: '10.0.0.0/24', gateway: '10.0.0.254' },
      { name: 'seven', network: '10.7.0.0/24' },
    ],
    systems: [machine(1), machine(2)],
  };
  const exported = await inWorld(async (world) => {
    expect(await actionsOf(world, document)).toEqual(['added']);
    expect(await actionsOf(world, document)).toEqual(['unchanged']);
    const { items } = await world.records.systems.page({ ip: '10.0.0.100', fields: 'name' }, ADA);
    expect(items).toEqual([{ name: 'web1' }, { name: 'web2' }]);
    // The machines change their places.
    const [one, two] = document.systems;
    const changed = [
      { ...one, interfaces: two?.interfaces },
      { ...two, interfaces: one?.interfaces },
    ];
    expect(await actionsOf(world, { systems: changed })).toEqual(['updated']);
    expect(await actionsOf(world, document)).toEqual(['unchanged', 'updated']);
    const first = await world.records.apply.export(ADA);
    expect(first.systems).toEqual(document.systems);
    return first;
  });
  await inWorld(async (world) => {
    await actionsOf(world, exported);
    expect(JSON.stringify(await world.records.apply.export(ADA))).toBe(JSON.stringify(exported));
  });
});

const EMPTY: RecordsDocument = { distros: [], profiles: [], subnets: [], systems: [] };
