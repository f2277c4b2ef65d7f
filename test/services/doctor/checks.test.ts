import { describe, expect, it } from 'vitest';
import type { Loader } from '../../../src/domain/boot/loader.ts';
import type { Check } from '../../../src/domain/check.ts';
import { examine } from '../../../src/services/doctor/examine.ts';
import type { DoctorFacts, HostFacts, ListenerFact } from '../../../src/services/doctor/facts.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { subnetFact, WELL_BACKUPS, WELL_HOST, wellFacts } from '../../support/doctor-facts.ts';
import { NOW_MS } from '../../support/store-records.ts';

const ON = { state: 'on', reason: 'asked' } as const;
const NEVER = { system: 'web002', power: null };
const SILENT = [1, 2, 3, 4, 5, 6].map((number) => ({
  system: `db${number}`,
  power: { state: 'unknown', reason: 'timeout' } as const,
}));
const lo: ListenerFact = { name: 'api', state: 'listening', address: 'tcp x', reason: null, remedy: null };
const refused: ListenerFact = { ...lo, name: 'tftp', state: 'refused', reason: 'taken', remedy: 'stop it' };
const eth: DoctorFacts['interfaces'][number] = {
  name: 'eth2',
  up: true,
  isPort: false,
  addresses: [ip('192.0.2.1')],
};
const loader: Loader = {
  name: 'snponly.efi',
  state: 'missing',
  path: null,
  sha256: null,
  bytes: null,
  record: null,
  remedy: 'apt-get install ipxe',
};
const record = {
  name: 'snponly.efi',
  version: '1',
  source: 'file x',
  sha256: 'a'.repeat(64),
  bytes: 1,
  installedBy: 'ada',
  installedAt: '',
};
const file = {
  record: 'distro d',
  field: 'kernel',
  path: '/k',
  refused: null,
  edit: 'provision distro edit',
};
const host = (change: Partial<HostFacts>): Partial<DoctorFacts> => ({ host: { ...WELL_HOST, ...change } });
const needed = [{ name: 'snponly.efi', by: 'system web001', isForLocalBoot: false }];
const local = { name: 'local-x64.efi', by: 'system web001', isForLocalBoot: true };
const MIB = 1024 * 1024;

/** What the facts have to be told, besides what is well anyway. */
function found(change: Partial<DoctorFacts>): Check[] {
  return examine(wellFacts(change)).filter(({ state }) => state !== 'ok');
}

it('finds nothing where all is well, and says what it looked at', () => {
  const checks = examine(wellFacts());
  expect(checks.every(({ state, next }) => state === 'ok' && next === null)).toBe(true);
  expect(new Set(checks.map(({ name }) => name)).size).toBe(14);
});

describe.each<[string, Partial<DoctorFacts>, Check['state'], string, RegExp, RegExp]>([
  [
    'BMCs that are silent',
    { bmcs: [{ system: 'web001', power: ON }, NEVER, ...SILENT] },
    'warning',
    'bmcs',
    /^6 of 8 did not answer when last asked: db1 \(timeout\), .*, db5 \(timeout\) and 1 more$/,
    /provision power status --all; look closer: provision bmc check db1/,
  ],
  [
    'a backup that is late',
    { backups: { ...WELL_BACKUPS, newestMs: NOW_MS - 37 * 3_600_000 } },
    'warning',
    'backup',
    /37 hours old/,
    /journalctl/,
  ],
  [
    'a backup that failed',
    { backups: { ...WELL_BACKUPS, failure: 'ENOSPC' } },
    'problem',
    'backup',
    /failed: ENOSPC/,
    /room/,
  ],
  [
    'no backup, where none is made by itself',
    { backups: { ...WELL_BACKUPS, newestMs: null, everyHours: 0 } },
    'warning',
    'backup',
    /none yet/,
    /provision backup/,
  ],
  [
    'a damaged database',
    { database: ['row 1 missing from index systems_name'] },
    'problem',
    'database',
    /row 1 missing/,
    /provisiond restore/,
  ],
  [
    'a port that is refused',
    { listeners: [lo, refused] },
    'problem',
    'ports',
    /^tftp does not listen on tcp x: taken$/,
    /^stop it$/,
  ],
  ['no subnet', { subnets: [] }, 'warning', 'dhcp', /no subnet is declared/, /provision subnet add/],
  [
    'DHCP off',
    { subnets: [subnetFact({ dhcp: 'off' })] },
    'warning',
    'dhcp',
    /off on every subnet \(lab\)/,
    /subnet edit lab --dhcp/,
  ],
  [
    'a subnet that is only behind a relay',
    { subnets: [subnetFact({ network: '10.5.0.0/16' })] },
    'warning',
    'dhcp',
    /only machines behind a relay/,
    /10\.5\.0\.0\/16/,
  ],
  [
    'an interface without an address',
    { interfaces: [...wellFacts().interfaces, { ...eth, addresses: [] }] },
    'warning',
    'interfaces',
    /^eth2 is up and has no IPv4/,
    /ip address add .* dev eth2/,
  ],
  [
    'a second DHCP server',
    { warnings: ['10.99.0.9 is another DHCP server on subnet lab (eth1): it offers addresses; turn it off'] },
    'warning',
    'noticed',
    /^10\.99\.0\.9 is another .* offers addresses$/,
    /^turn it off$/,
  ],
  [
    'a loader that is missing',
    { loaders: [loader], neededLoaders: needed },
    'problem',
    'loaders',
    /^snponly\.efi is missing, and system web001 needs it$/,
    /apt-get install ipxe/,
  ],
  ['a loader that is not in the table', { neededLoaders: needed }, 'problem', 'loaders', /is missing/, /^$/],
  [
    'a loader for local boot that is missing',
    { loaders: [{ ...loader, name: local.name }], neededLoaders: [local] },
    'warning',
    'loaders',
    /^local-x64\.efi is missing: UEFI machines may not get back to their disk/,
    /ipxe/,
  ],
  [
    'a loader that was changed',
    { loaders: [{ ...loader, state: 'changed', sha256: 'b'.repeat(64), record, remedy: 'again' }] },
    'problem',
    'loaders',
    /not the file that ada installed: SHA-256 is b+, recorded is a+$/,
    /again/,
  ],
  [
    'a loader whose file is gone',
    { loaders: [{ ...loader, state: 'changed', record }] },
    'problem',
    'loaders',
    /installed by ada and its file is gone/,
    /ipxe/,
  ],
  [
    'a kernel that is gone',
    { files: [file, { ...file, refused: '/k does not exist' }] },
    'problem',
    'files',
    /^distro d: kernel: \/k does not exist$/,
    /provision distro edit/,
  ],
  [
    'a key that does not fit',
    { unreadableSecrets: ['profile p'] },
    'problem',
    'key',
    /secrets of profile p were not sealed with \/var\/lib\/provision\/secret\.key/,
    /restore the key file/,
  ],
  [
    'a small receive buffer',
    host({ receiveBufferBytes: 212_992 }),
    'warning',
    'receive buffer',
    /rmem_max is 212992/,
    /sysctl -w net\.core\.rmem_max=4194304/,
  ],
  ['low ports', host({ capabilities: 1n << 13n }), 'problem', 'capabilities', /below 1024/, /setcap/],
  [
    'no raw sockets',
    host({ capabilities: 1n << 10n }),
    'warning',
    'capabilities',
    /CAP_NET_RAW is missing/,
    /provisiond\.service/,
  ],
  [
    'a clock that went back',
    { latestWriteMs: NOW_MS + 3_600_000 },
    'problem',
    'clock',
    /2026-11-22T10:00:00.000Z: it went back/,
    /chrony/,
  ],
  [
    'a clock that nobody keeps',
    host({ clockIsSynchronised: false }),
    'warning',
    'clock',
    /no time service/,
    /chrony/,
  ],
  [
    'little room',
    host({ disk: { freeBytes: 500 * MIB, totalBytes: 1000 * MIB } }),
    'warning',
    'disk',
    /^500 MiB free \(50 %\)/,
    /remove images/,
  ],
  [
    'no room',
    host({ disk: { freeBytes: MIB, totalBytes: 1000 * MIB } }),
    'problem',
    'disk',
    /^1 MiB free \(0 %\)/,
    /remove images/,
  ],
])('%s', (_title, facts, state, name, what, next) => {
  it(`is a ${state} of ${name}`, () => {
    const checks = found(facts);
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({ state, name, what: expect.stringMatching(what) });
    expect(checks[0]?.next ?? '').toMatch(next);
  });
});

it.each<[string, Partial<DoctorFacts>]>([
  ['ports that need no privilege', host({ capabilities: 1n << 13n, firstFreePort: 0 })],
  [
    'a small receive buffer where CAP_NET_ADMIN goes past it',
    host({ receiveBufferBytes: 1, capabilities: 0x3fffffffffn }),
  ],
  [
    'a bridge port without an address',
    { interfaces: [...wellFacts().interfaces, { ...eth, isPort: true, addresses: [] }] },
  ],
  [
    'an interface that is down',
    { interfaces: [...wellFacts().interfaces, { ...eth, up: false, addresses: [] }] },
  ],
  ['a loader that nobody needs', { loaders: [loader] }],
  [
    'a loader that nobody installed, but is there',
    { loaders: [{ ...loader, state: 'unrecorded' }], neededLoaders: needed },
  ],
  ['a clock a moment behind', { latestWriteMs: NOW_MS + 1000 }],
  [
    'a machine that says nothing of itself',
    host({ capabilities: null, disk: null, receiveBufferBytes: null, clockIsSynchronised: null }),
  ],
  ['an empty database', { latestWriteMs: null }],
  ['BMCs that answered, or were never asked', { bmcs: [{ system: 'web001', power: ON }, NEVER] }],
])('has nothing against %s', (_title, facts) => {
  expect(found(facts)).toEqual([]);
});

it('tells that nobody can be served when no interface has an address', () => {
  const down = [{ ...eth, up: false }];
  expect(found({ interfaces: down }).map(({ state, name }) => `${state} ${name}`)).toEqual([
    'problem interfaces',
    'warning dhcp',
  ]);
});
