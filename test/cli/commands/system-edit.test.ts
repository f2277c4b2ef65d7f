import { describe, expect, it } from 'vitest';
import { apiCard, apiProfile, apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';

const SYSTEM = 'GET /api/v1/systems/web001';
const PATCH = 'PATCH /api/v1/systems/web001';
const eth0 = { name: 'eth0', mac: '52:54:00:12:34:56', ip: '10.99.0.11' };
const eth1 = { name: 'eth1', mac: '52:54:00:12:34:57', ip: null };

async function edit(line: string, more: Parameters<typeof apiSystem>[0] = {}) {
  const server = {
    [SYSTEM]: { status: 200, body: apiSystem(more) },
    [PATCH]: { status: 200, body: apiSystem() },
  };
  const files = {
    'key.pub': '# mine\nssh-ed25519 AAAA ada@lab\n\n',
    key: '-----BEGIN OPENSSH PRIVATE KEY-----',
  };
  const result = await runCli(['system', 'edit', 'web001', ...line.split(' ')], {
    server,
    files,
    stdin: '$6$salt$hash\n',
  });
  const patch = result.requests.find((request) => request.line === PATCH);
  return { ...result, body: patch?.body, ifMatch: patch?.headers['if-match'] };
}

describe('system edit', () => {
  it('sends only what is named, without looking, where the field is whole', async () => {
    const result = await edit('--profile rocky-9 --comment moved');
    expect(result.requests.map(({ line }) => line)).toEqual([PATCH]);
    expect(result.body).toEqual({ profile: 'rocky-9', comment: 'moved' });
    expect(result.ifMatch).toBeUndefined();
  });

  const TWO = {
    interfaces: [apiCard({ ...eth0, subnet: 'lab' }), apiCard({ ...eth1, subnet: null })],
  };
  const routes = [{ to: '10.20.0.0/16', via: '10.99.0.254' }];
  const bond0 = {
    name: 'bond0',
    mac: null,
    type: 'bond',
    parents: ['eth0', 'eth1'],
    ip: '10.99.0.20',
    routes,
    mtu: 9000,
  } as const;
  const BONDED = { interfaces: [...TWO.interfaces, apiCard({ ...bond0, subnet: 'lab' })] };
  it.each<[string, Parameters<typeof apiSystem>[0], object[]]>([
    ['--ip 10.99.0.12', {}, [{ ...eth0, ip: '10.99.0.12' }]],
    ['--ip none', {}, [{ ...eth0, ip: null }]],
    ['--ip auto', {}, [{ ...eth0, ip: 'auto', subnet: 'lab' }]],
    ['--ip auto --subnet dmz', {}, [{ ...eth0, ip: 'auto', subnet: 'dmz' }]],
    ['--mac 5254.0012.3499', {}, [{ ...eth0, mac: '5254.0012.3499' }]],
    ['--interface eth1 --ip 10.99.0.13', TWO, [eth0, { ...eth1, ip: '10.99.0.13' }]],
    ['--remove-interface eth0', TWO, [eth1]],
    [
      '--add-interface name=eth1,mac=525400123457,ip=auto,subnet=lab',
      {},
      [eth0, { name: 'eth1', mac: '525400123457', ip: 'auto', subnet: 'lab' }],
    ],
    ['--interface bond0:mode=802.3ad', BONDED, [eth0, eth1, { ...bond0, bondMode: '802.3ad' }]],
    [
      '--interface bond0:members=eth1,mtu=none,routes=none --interface eth1:mac=525400123499',
      BONDED,
      [eth0, { ...eth1, mac: '525400123499' }, { ...bond0, parents: ['eth1'], mtu: null, routes: [] }],
    ],
    [
      '--interface bond0:ip=auto --interface eth1 --mac 525400123499',
      BONDED,
      [eth0, { ...eth1, mac: '525400123499' }, { ...bond0, ip: 'auto', subnet: 'lab' }],
    ],
    [
      '--interface bond0:addresses=10.99.0.21+10.99.0.22',
      BONDED,
      [eth0, eth1, { ...bond0, addresses: ['10.99.0.21', '10.99.0.22'] }],
    ],
  ])('changes the list of interfaces on a copy: %s', async (line, more, interfaces) => {
    const result = await edit(line, more);
    expect(result.body).toEqual({ interfaces });
    expect(result.ifMatch).toBe('"3"');
    expect(result.code).toBe(0);
  });

  it.each([
    [
      '--ip 10.99.0.13',
      2,
      'error: web001 has 2 interfaces: eth0, eth1\nnext: say which one with --interface NAME\n',
    ],
    ['--interface eth9 --ip auto', 1, 'error: web001 has no interface eth9\nnext: it has: eth0, eth1\n'],
    [
      '--interface bond1:mode=802.3ad',
      1,
      'error: web001 has no interface bond1\nnext: it has: eth0, eth1; a further one: --add-interface bond1:…\n',
    ],
    ['--remove-interface eth9', 1, 'error: web001 has no interface eth9\nnext: it has: eth0, eth1\n'],
  ])('changes nothing where it is not said which: %s', async (line, code, stderr) => {
    const result = await edit(line, TWO);
    expect(result).toMatchObject({ code, stderr });
    expect(result.body).toBeUndefined();
  });

  const settings = { disk: '/dev/sda', timezone: 'UTC', vars: { role: 'web', tier: '1' } };
  it.each<[string, object]>([
    ['--set locale=en_US.UTF-8', { ...settings, locale: 'en_US.UTF-8' }],
    ['--disk /dev/vda', { ...settings, disk: '/dev/vda' }],
    ['--unset disk', { timezone: 'UTC', vars: settings.vars }],
    ['--unset vars.role', { ...settings, vars: { tier: '1' } }],
    ['--unset vars.role --unset vars.tier', { disk: '/dev/sda', timezone: 'UTC' }],
    ['--var role=db', { ...settings, vars: { role: 'db', tier: '1' } }],
    ['--set vars.role=db', { ...settings, vars: { role: 'db', tier: '1' } }],
    ['--unset vars --var a=b', { ...settings, vars: { a: 'b' } }],
    ['--unset vars', { disk: '/dev/sda', timezone: 'UTC' }],
    ['--packages vim,git', { ...settings, packages: ['vim', 'git'] }],
    ['--packages none', { ...settings, packages: [] }],
    ['--ssh-key key.pub', { ...settings, sshKeys: ['ssh-ed25519 AAAA ada@lab'] }],
    ['--root-password-hash-stdin', { ...settings, rootPasswordHash: '$6$salt$hash' }],
    ['--unset root-password-hash', { ...settings, rootPasswordHash: null }],
  ])('changes settings on a copy: %s', async (line, expected) => {
    const result = await edit(line, { settings });
    expect(result.body).toEqual({ settings: expected });
    expect(result.ifMatch).toBe('"3"');
  });

  it('never sends a private key', async () => {
    const result = await edit('--ssh-key key');
    expect(result.stderr).toBe(
      'error: key is a private key and stays here\nnext: give its public half: key.pub\n',
    );
    expect(result.body).toBeUndefined();
  });
});

describe('profiles', () => {
  it('add: sends what is named, and where the rest comes from', async () => {
    const argv = [
      'profile',
      'add',
      'web',
      '--distro',
      'debian-13',
      '--from',
      'debian-13',
      '--ssh-key',
      'ssh-ed25519 AAAA me',
    ];
    const server = { 'POST /api/v1/profiles': { status: 201, body: apiProfile({ name: 'web' }) } };
    const result = await runCli(argv, { server });
    expect(result.requests[0]?.body).toEqual({
      name: 'web',
      distro: 'debian-13',
      from: 'debian-13',
      settings: { sshKeys: ['ssh-ed25519 AAAA me'] },
    });
    expect(result.stdout).toBe('web\tdebian-13\tinstaller\tdebian-13.preseed\n');
    expect(result.stderr).toMatch(/^added profile web from debian-13\n/);
  });

  it('add: asks for the hash without echo on a terminal, and refuses a password in the clear', async () => {
    const argv = ['profile', 'add', 'web', '--distro', 'd', '--root-password-hash-stdin'];
    const result = await runCli(argv, { stdinTty: true, typed: ['hunter2'] });
    expect(result.questions).toEqual(['hash of the root password: (hidden)']);
    expect(result).toMatchObject({ code: 5, requests: [] });
    expect(result.stderr).toContain('--root-password-hash-stdin: must be a crypt hash');
    expect(result.stderr).not.toContain('hunter2');
  });

  it('edit: keeps what is not named', async () => {
    const server = {
      'GET /api/v1/profiles/web': { status: 200, body: apiProfile({ settings: { timezone: 'UTC' } }) },
      'PATCH /api/v1/profiles/web': { status: 200, body: apiProfile() },
    };
    const argv = ['profile', 'edit', 'web', '--disk', '/dev/vda', '--image', 'none'];
    const result = await runCli(argv, { server });
    expect(result.requests[1]?.body).toEqual({
      image: null,
      settings: { timezone: 'UTC', disk: '/dev/vda' },
    });
  });
});
