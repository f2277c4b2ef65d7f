import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatYaml } from '../../../src/cli/records/yaml-text.ts';
import type { ClientRequest } from '../../../src/client/transport.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';
import { bodies, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

/** The command against the real API: what it says is what the service does. */
let world: ServiceWorld;
let other: ServiceWorld | undefined;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(async () => {
  await world.dispose();
  await other?.dispose();
  other = undefined;
});

function transportTo(service: ServiceWorld) {
  return async ({ method, path, body }: ClientRequest) => {
    const input: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    const answer = await service.call(method, path, input);
    const contentType = String(answer.headers['content-type'] ?? '');
    return { status: answer.status, contentType, text: JSON.stringify(answer.body) };
  };
}

function provision(line: string, more: FakeWorld = {}, service = world) {
  return runCli(line.split(' '), { transport: transportTo(service), ...more });
}

const base = () => {
  const { distro, profile, subnet } = bodies(world);
  return formatYaml({ distros: [distro], profiles: [profile], subnets: [subnet] });
};
const SYSTEMS = `# rack 1
systems:
  - name: web001
    profile: debian-13
    interfaces:
      - mac: "52:54:00:00:00:01"
        ip: 10.99.0.11
  - name: web002
    profile: debian-13
    roles: [web]
    interfaces:
      - mac: 52:54:00:00:00:02
        ip: 10.99.0.12
`;
const files = () => ({ 'rack/base.yaml': base(), 'rack/systems/web.yaml': SYSTEMS });

describe('apply, diff and export', () => {
  it('make the records what the files say; then nothing differs', async () => {
    const withFiles = { files: { 'rack/base.yaml': base(), 'rack/systems/web.yaml': SYSTEMS } };
    const dry = await provision('apply -f rack --dry-run', withFiles);
    expect(dry.stderr).toBe('nothing was written; it would be: 5 added\n');
    const first = await provision('diff -f rack', withFiles);
    expect(first).toMatchObject({ code: 9, stderr: '5 added\n' });
    expect(first.stdout).toBe(
      '+ distro debian-13\n+ profile debian-13\n+ subnet lab\n+ system web001\n+ system web002\n',
    );
    const done = await provision('apply -f rack', withFiles);
    expect(done).toMatchObject({ code: 0, stderr: 'done: 5 added\n' });
    const again = await provision('diff -f rack', withFiles);
    expect(again).toMatchObject({ code: 0, stdout: '', stderr: 'the records are what the files say\n' });
  });

  it('say what changes, and what is refused with its file and line; then nothing is changed', async () => {
    await provision('apply -f rack', { files: files() });
    const swapped = SYSTEMS.replace('10.99.0.11', 'x')
      .replace('10.99.0.12', '10.99.0.11')
      .replace('ip: x', 'ip: 10.99.0.12');
    const diff = await provision('diff -f -', { stdin: swapped });
    expect(diff.stdout).toBe(
      '~ system web001\n    interfaces.0.ip: 10.99.0.11 -> 10.99.0.12\n~ system web002\n    interfaces.0.ip: 10.99.0.12 -> 10.99.0.11\n',
    );
    const wrong = SYSTEMS.replace('roles: [web]', 'colour: red');
    const refused = await provision('apply -f w.yaml', { files: { 'w.yaml': wrong } });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toBe(
      'w.yaml:10: system web002: colour: there is no such field\nerror: nothing was applied: 1 of 2 records refused\n',
    );
    expect((await provision('diff -f rack', { files: files() })).code).toBe(0);
    const each = await provision('apply -f w.yaml --each', {
      files: { 'w.yaml': wrong.replace('10.99.0.11', '10.99.0.13') },
    });
    expect(each).toMatchObject({
      code: 8,
      stdout:
        'updated\tsystem\tweb001\tinterfaces.0.ip: 10.99.0.11 -> 10.99.0.13\nrefused\tsystem\tweb002\t\n',
    });
    expect(each.stderr).toContain('done: 1 updated, 1 refused');
  });

  it('say once what many are refused for, and print nothing where nothing is to be printed', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `m${index}`);
    const stdin = formatYaml({
      systems: names.map((name, index) => ({
        name,
        profile: 'debian-13',
        interfaces: [{ mac: `52:54:00:00:01:${index + 10}` }],
      })),
    });
    const { code, stderr } = await provision('apply -f -', { stdin });
    const lines = stderr.trimEnd().split('\n');
    expect({ code, lines: lines.length }).toEqual({ code: 5, lines: 7 });
    expect(lines[5]).toMatch(/^and 35 more systems: profile: there is no profile named 'debian-13'/);
    await provision('apply -f rack', { files: files() });
    expect(await provision('diff -f - --quiet', { stdin })).toMatchObject({
      code: 9,
      stdout: '',
      stderr: '',
    });
    expect(await provision('apply -f - --quiet', { stdin })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect((await provision('export --csv')).code).toBe(2);
  });

  it('remove what the files do not name, when told to, and ask who sits at a terminal', async () => {
    await provision('apply -f rack', { files: files() });
    const one = { files: { 'one.yaml': SYSTEMS.split('  - name: web002')[0] ?? '' } };
    expect((await provision('apply -f one.yaml', one)).stderr).toBe('nothing to change\ndone: 1 unchanged\n');
    const no = await provision('apply -f one.yaml --remove', {
      ...one,
      stdinTty: true,
      stdoutTty: true,
      typed: ['n'],
    });
    expect(no).toMatchObject({ code: 1, questions: ['Remove 1 records? [y/N] '] });
    const yes = await provision('apply -f one.yaml --remove', one);
    expect(yes).toMatchObject({ code: 0, stdout: 'removed\tsystem\tweb002\t\n' });
  });

  it('an export loads back into another service, and exported again it is the same to the byte', async () => {
    await provision('apply -f rack', { files: files() });
    const text = (await provision('export')).stdout;
    expect(text).toContain('systems:\n  - name: web001\n');
    other = await openServiceWorld();
    // Paths of kernels are below the folder of the other service.
    const moved = text.replaceAll(world.dataDir, other.dataDir);
    expect(await provision('apply -f -', { stdin: moved }, other)).toMatchObject({ code: 0 });
    expect((await provision('export', {}, other)).stdout).toBe(moved);
    expect(parse((await provision('export --yaml')).stdout)).toEqual(parse(text));
  });

  it('an export for git is a file a record; those of records that are no more go', async () => {
    await provision('apply -f rack', { files: files() });
    const before = { 'git/README.md': 'x', 'git/systems/old.yaml': 'x', 'git/systems/notes.txt': 'x' };
    const result = await provision('export --dir git', { files: before });
    expect([...result.files.keys()].sort()).toEqual([
      'git/README.md',
      'git/distros/debian-13.yaml',
      'git/profiles/debian-13.yaml',
      'git/subnets/lab.yaml',
      'git/systems/notes.txt',
      'git/systems/web001.yaml',
      'git/systems/web002.yaml',
    ]);
    expect(result.stderr).toBe('wrote 5 files to git, and removed 1 of records that are no more\n');
    const again = await provision('export --dir git', { files: Object.fromEntries(result.files) });
    expect([...again.files]).toEqual([...result.files]);
    const yaml = [...result.files].filter(([path]) => path.endsWith('.yaml'));
    expect((await provision('diff -f git --remove', { files: Object.fromEntries(yaml) })).code).toBe(0);
  });
});

describe('system add --csv', () => {
  const TABLE =
    'name,profile,mac,ip,roles,bmc,bmc.firmware,settings.minDiskGb\r\n' +
    'web001,debian-13,52:54:00:00:00:01,10.99.0.11,web;front,,,20\r\n' +
    '"web002",debian-13,52-54-00-00-00-02,auto,,10.50.0.2,uefi,\r\n';

  it('adds every system of the table', async () => {
    await provision('apply -f base.yaml', { files: { 'base.yaml': base() } });
    const table = TABLE.replace('ip,roles', 'ip,subnet,roles')
      .replace('.11,web', '.11,,web')
      .replace('auto,,', 'auto,lab,,');
    const { code, stderr } = await provision('system add --csv -', { stdin: table });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'done: 2 added; nothing is installed until you say so\n',
    });
    const { stdout } = await provision('system list --json');
    expect(JSON.parse(stdout).items).toMatchObject([
      { name: 'web001', roles: ['web', 'front'], settings: { minDiskGb: 20 } },
      { name: 'web002', interfaces: [{ ip: '10.99.0.1' }], bmc: { address: '10.50.0.2' } },
    ]);
  });

  it('adds none where one is wrong, and says on which line; nor changes one that is there', async () => {
    await provision('apply -f base.yaml', { files: { 'base.yaml': base() } });
    const twice = TABLE.replace('auto,', '10.99.0.11,');
    const refused = await provision('system add --csv t.csv', { files: { 't.csv': twice } });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('t.csv:3: system web002: ip: 10.99.0.11 is taken: system web001');
    const rows = (text: string) => ({ files: { 't.csv': text } });
    await provision('system add --csv t.csv', rows('name,profile,mac\nweb001,debian-13,52:54:00:00:00:01\n'));
    const there = await provision(
      'system add --csv t.csv',
      rows('name,profile,mac\nweb001,debian-13,52:54:00:00:00:09\n'),
    );
    expect(there).toMatchObject({ code: 1 });
    expect(there.stderr).toContain('t.csv:2: system web001 is there already');
  });
});

describe('add --csv of other kinds', () => {
  it('adds every record of the table, and refuses those that are there', async () => {
    await provision('apply -f base.yaml', { files: { 'base.yaml': base() } });
    const subnets =
      'name,network,dns,from,to\nrack1,10.1.0.0/24,192.0.2.1,10.1.0.100,10.1.0.199\nrack2,10.2.0.0/24,,,\n';
    const added = await provision('subnet add --csv -', { stdin: subnets });
    expect(added).toMatchObject({ code: 0, stderr: 'done: 2 added\n' });
    const { stdout } = await provision('subnet show rack1 --json');
    expect(JSON.parse(stdout)).toMatchObject({
      dnsServers: ['192.0.2.1'],
      ranges: [{ from: '10.1.0.100', to: '10.1.0.199' }],
    });
    const again = await provision('subnet add --csv -', { stdin: subnets });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('stdin:2: subnet rack1 is there already\n');
    expect(again.stderr).toContain('change them with: provision subnet edit NAME');
    const profiles = 'name,from,distro,settings.disk\ndb,debian-13,debian-13,/dev/vdb\n';
    expect(await provision('profile add --csv -', { stdin: profiles })).toMatchObject({ code: 0 });
  });

  it.each(['distro', 'profile', 'subnet', 'system'])('%s wants a name or a table, not both', async (noun) => {
    const both = await provision(`${noun} add one --csv t.csv`);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('--csv names every record and field itself');
    const neither = await provision(`${noun} add`);
    expect(neither.code).toBe(2);
    expect(neither.stderr).toContain("missing required argument 'name'");
  });
});
