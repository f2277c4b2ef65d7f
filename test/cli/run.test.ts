import { describe, expect, it } from 'vitest';
import { apiCard, apiInstall, apiSystem } from '../support/api-records.ts';
import { runCli } from '../support/fake-cli.ts';

const ADD = 'system add web001 --profile debian-13 --mac 52:54:00:12:34:56 --ip 10.99.0.11'.split(' ');

const TAKEN = {
  type: 'about:blank',
  title: 'address-taken',
  status: 409,
  code: 'address-taken',
  detail: '10.99.0.11 is taken',
  conflict: {
    value: '10.99.0.11',
    kind: 'ip',
    holder: 'system web002',
    interface: 'eth0',
    command: 'provision system show web002',
  },
};

describe('system add, from the line to the request and back', () => {
  it('sends what was named, prints the record as a row, and says what is next', async () => {
    const result = await runCli(ADD, {
      server: { 'POST /api/v1/systems': { status: 201, body: apiSystem() } },
    });
    expect(result.requests.map(({ line, body }) => ({ line, body }))).toEqual([
      {
        line: 'POST /api/v1/systems',
        body: {
          name: 'web001',
          profile: 'debian-13',
          interfaces: [{ mac: '52:54:00:12:34:56', ip: '10.99.0.11' }],
        },
      },
    ]);
    expect(result.stdout).toBe('web001\tdebian-13\t\t52:54:00:12:34:56\t10.99.0.11\t\t\n');
    expect(result.stderr).toBe(
      'added system web001; nothing is installed until you say so\nnext: provision system install web001\n',
    );
    expect(result.code).toBe(0);
  });

  it('sees wrong values without asking the server, and names every one by its flag', async () => {
    const line =
      'system add WEB --profile p --mac 01:00:5e:00:00:01 --ip 010.0.0.1 --set rootPartition=0 --interface name=eth1,mac=x';
    const result = await runCli(line.split(' '));
    expect(result.requests).toEqual([]);
    expect(result.stderr).toBe(`error: not valid, so nothing was changed
  name: must be 1-64 of a-z, 0-9, dot, dash or underscore, beginning and ending with a letter or digit
  --mac: '01:00:5e:00:00:01' is not a machine's MAC address; write it like 52:54:00:12:34:56
  --ip: '010.0.0.1' is not an IPv4 address (leading zeros are ambiguous: some programs read them as octal)
  --interface (interfaces.1.mac): 'x' is not a machine's MAC address; write it like 52:54:00:12:34:56
  --set (settings.rootPartition): must be a whole number from 1 to 128
`);
    expect(result.code).toBe(5);
  });

  it('shows who holds an address, on which interface, and the command that shows it', async () => {
    const result = await runCli(ADD, { server: { 'POST /api/v1/systems': { status: 409, body: TAKEN } } });
    expect(result.stdout).toBe('');
    expect(result.stderr).toBe(`error: 10.99.0.11 is taken
  ip 10.99.0.11 is held by system web002, interface eth0
  show it with: provision system show web002
`);
    expect(result.code).toBe(4);
  });

  it("hands the server's problem document on with --json, member for member", async () => {
    const more = { ...TAKEN, later: { member: 1 } };
    const result = await runCli([...ADD, '--json'], {
      server: { 'POST /api/v1/systems': { status: 409, body: more } },
    });
    expect(JSON.parse(result.stderr)).toEqual(more);
    expect(result.stdout).toBe('');
    expect(result.code).toBe(4);
  });

  it("prints the API's JSON unchanged with --json, and no words beside it", async () => {
    const body = { ...apiSystem(), fieldOfLater: ['x'] };
    const result = await runCli([...ADD, '--json'], {
      server: { 'POST /api/v1/systems': { status: 201, body } },
    });
    expect(JSON.parse(result.stdout)).toEqual(body);
    expect(result.stderr).toBe('');
  });
});

describe('lists and records', () => {
  const server = {
    'GET /api/v1/systems': {
      status: 200,
      body: {
        items: [
          apiSystem({ roles: ['web', 'db'], install: apiInstall({ state: 'installing' }) }),
          apiSystem({
            name: 'db001',
            interfaces: [
              apiCard({ name: 'eth0', mac: '52:54:00:00:00:01', ip: '10.99.0.12', subnet: 'lab' }),
              apiCard({ name: 'eth1', mac: '52:54:00:00:00:02', ip: null, subnet: null }),
            ],
            power: {
              state: 'on',
              checkedAt: '2026-11-22T08:48:00.000Z',
              reason: 'status',
              lastKnown: null,
            },
          }),
        ],
      },
    },
    'GET /api/v1/systems/web001': { status: 200, body: apiSystem({ kernelArgs: ['quiet', 'splash'] }) },
    'GET /api/v1/leases': {
      status: 200,
      body: {
        items: [
          {
            ip: '10.99.0.100',
            mac: '52:54:00:00:00:09',
            hostname: 'evil\u001b[2J\tname',
            system: null,
            expiresAt: '2026-11-22T09:42:30.000Z',
          },
        ],
      },
    },
    'GET /api/v1/systems?role=web': { status: 200, body: { items: [] } },
    'GET /api/v1/distros': { status: 200, body: { items: [] } },
  };

  it('is a table with a header on a terminal', async () => {
    const result = await runCli(['system', 'list'], { server, stdoutTty: true });
    expect(result.stdout).toBe(
      `NAME    PROFILE    ROLES   MAC                                  IP                  INSTALL     POWER
web001  debian-13  web,db  52:54:00:12:34:56                    10.99.0.11          installing  -
db001   debian-13  -       52:54:00:00:00:01,52:54:00:00:00:02  10.99.0.12,dynamic  -           on (12 min ago)
`,
    );
  });

  it('is tab-separated without a header in a pipe', async () => {
    const result = await runCli(['system', 'list'], { server });
    expect(result.stdout).toBe(
      'web001\tdebian-13\tweb,db\t52:54:00:12:34:56\t10.99.0.11\tinstalling\t\n' +
        'db001\tdebian-13\t\t52:54:00:00:00:01,52:54:00:00:00:02\t10.99.0.12,dynamic\t\ton 2026-11-22T08:48:00.000Z\n',
    );
  });

  it('is of the systems that have a role, and says when none has', async () => {
    const result = await runCli(['system', 'list', '--role', 'web'], { server });
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: 'no system is like that\n' });
  });

  it('shows what a machine calls itself without obeying it', async () => {
    const pipe = await runCli(['lease', 'list'], { server });
    expect(pipe.stdout).toBe(
      '10.99.0.100\t52:54:00:00:00:09\t\tevil\\u{1b}[2J\\u{9}name\t2026-11-22T09:42:30.000Z\n',
    );
    const terminal = await runCli(['lease', 'list'], { server, stdoutTty: true });
    expect(terminal.stdout).toBe(`IP           MAC                SYSTEM  HOSTNAME                EXPIRES
10.99.0.100  52:54:00:00:00:09  -       evil\\u{1b}[2J\\u{9}name  in 43 min
`);
  });

  it('says how to add the first record; an empty list is no failure', async () => {
    const result = await runCli(['distro', 'list'], { server });
    expect(result).toMatchObject({ code: 0, stdout: '' });
    expect(result.stderr).toMatch(/^there is no distro yet; add one: provision distro add debian-13 /);
    expect((await runCli(['distro', 'list', '--json'], { server })).stdout).toBe('{\n  "items": []\n}\n');
  });

  it('shows every field of a record by its path', async () => {
    const result = await runCli(['system', 'show', 'web001'], { server });
    expect(result.stdout).toContain('interfaces.0.mac\t52:54:00:12:34:56\n');
    expect(result.stdout).toContain('kernelArgs\tquiet splash\n');
    expect(result.stdout).toContain('bmc\t\n');
    const terminal = await runCli(['system', 'show', 'web001'], { server, stdoutTty: true });
    expect(terminal.stdout).toContain('interfaces.0.mac              52:54:00:12:34:56\n');
    expect(terminal.stdout).toContain('bmc                           -\n');
  });

  it('colours only a terminal that wants it', async () => {
    const env = { NO_COLOR: '' };
    expect((await runCli(['system', 'list'], { server, stdoutTty: true, env })).stdout).toContain(
      '\u001b[1m',
    );
    expect((await runCli(['system', 'list'], { server, env })).stdout).not.toContain('\u001b');
    const dumb = { ...env, TERM: 'dumb' };
    expect((await runCli(['system', 'list'], { server, stdoutTty: true, env: dumb })).stdout).not.toContain(
      '\u001b',
    );
  });
});

describe('status', () => {
  const body = {
    version: '0.1.0',
    listeners: [
      { name: 'http', state: 'listening', address: '127.0.0.1:8080', reason: null, remedy: null },
      {
        name: 'dhcp eth0',
        state: 'refused',
        address: null,
        reason: 'EACCES',
        remedy: 'give it CAP_NET_BIND_SERVICE',
      },
    ],
    warnings: ['the clock is wrong'],
  };
  const server = { 'GET /api/v1/status': { status: 200, body } };

  it('tells what listens, and the remedy for what does not', async () => {
    const terminal = await runCli(['status'], { server, stdoutTty: true });
    expect(terminal.stdout).toBe(`LISTENER   STATE      ADDRESS         REASON
http       listening  127.0.0.1:8080  -
dhcp eth0  refused    -               EACCES
dhcp eth0: give it CAP_NET_BIND_SERVICE
`);
    expect(terminal.stderr).toBe('provisiond 0.1.0\nwarning: the clock is wrong\n');
    const pipe = await runCli(['status'], { server });
    expect(pipe.stdout).toBe(
      'http\tlistening\t127.0.0.1:8080\t\t\ndhcp eth0\trefused\t\tEACCES\tgive it CAP_NET_BIND_SERVICE\n',
    );
  });
});

describe('the first words', () => {
  it('prints help on stdout', async () => {
    for (const argv of [
      [],
      ['--help'],
      ['help', 'system', 'add'],
      ['system', 'add', '--help'],
      ['system', 'help', 'add'],
    ]) {
      const result = await runCli(argv);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toMatch(/^Usage: provision /);
    }
  });

  it('prints its version', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('tells a usage error and where the help is', async () => {
    const result = await runCli(['system', 'add', 'web001']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toBe('error: missing: --profile, --mac\nnext: see: provision help system add\n');
    const json = await runCli(['system', 'add', 'web001', '--json']);
    expect(JSON.parse(json.stderr)).toEqual({
      type: 'about:blank',
      code: 'usage',
      title: 'usage',
      detail: 'missing: --profile, --mac',
      hint: 'see: provision help system add',
    });
  });
});
