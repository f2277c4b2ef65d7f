import { describe, expect, it } from 'vitest';
import { type Parsed, parseCommandLine } from '../../src/cli/command-line.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { UsageError } from '../../src/cli/errors.ts';
import { distroInput } from '../../src/domain/distro.ts';
import { installInput } from '../../src/domain/install.ts';
import { profileInput } from '../../src/domain/profile.ts';
import { settingsInput } from '../../src/domain/settings.ts';
import { subnetInput } from '../../src/domain/subnet.ts';
import { systemInput } from '../../src/domain/system.ts';

type Run = Extract<Parsed, { kind: 'run' }>;

function parse(line: string): Run {
  const parsed = parseCommandLine(wordsOf(line), COMMANDS, { USER: 'Ada' });
  if (parsed.kind !== 'run') throw new Error(`not a command: ${line}`);
  return parsed;
}

function usageError(line: string): UsageError {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`no usage error: ${line}`);
}

/** Words of a line as a shell splits it, as far as these tests quote. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

describe('options of each command, captured without running', () => {
  const LINES: readonly { line: string; options: unknown }[] = [
    {
      line: 'system add web001 --profile debian-13 --mac 52:54:00:12:34:56 --ip 10.99.0.11',
      options: {
        input: {
          name: 'web001',
          profile: 'debian-13',
          interfaces: [{ mac: '52:54:00:12:34:56', ip: '10.99.0.11' }],
        },
        settings: undefined,
      },
    },
    {
      line: 'system add db1 --profile p --mac 5254.0012.3456 --ip auto --subnet lab --interface eno1 --interface name=eno2,mac=52-54-00-12-34-57,ip=none --hostname db.example.net --bmc 10.0.0.9 --kernel-args "quiet  console=ttyS0" --comment "rack 3"',
      options: {
        input: {
          name: 'db1',
          profile: 'p',
          hostname: 'db.example.net',
          bmc: { address: '10.0.0.9' },
          kernelArgs: ['quiet', 'console=ttyS0'],
          comment: 'rack 3',
          interfaces: [
            { mac: '5254.0012.3456', name: 'eno1', ip: 'auto', subnet: 'lab' },
            { mac: '52-54-00-12-34-57', name: 'eno2', ip: null },
          ],
        },
        settings: undefined,
      },
    },
    {
      line: 'system add w --profile p --interface name=eth0,mac=525400123456,ip=auto,subnet=lab',
      options: {
        input: {
          name: 'w',
          profile: 'p',
          interfaces: [{ mac: '525400123456', name: 'eth0', ip: 'auto', subnet: 'lab' }],
        },
        settings: undefined,
      },
    },
    {
      line: 'system edit web001 --interface eth1 --ip none --add-interface mac=525400123458 --remove-interface eth2 --bmc none --rename web002 --unset disk --unset vars.role --set min-disk-gb=20 --var a=b=c',
      options: {
        name: 'web001',
        edit: { bmc: null, name: 'web002' },
        interfaces: {
          target: 'eth1',
          change: { ip: null },
          add: [{ mac: '525400123458' }],
          remove: ['eth2'],
        },
        settings: {
          set: { minDiskGb: 20, vars: { a: 'b=c' } },
          unset: ['disk', 'vars.role'],
          sshKeys: [],
          rootPasswordHashStdin: false,
        },
      },
    },
    {
      line: 'distro add debian-13 --kernel /srv/linux --initrd /srv/initrd.gz --tree http://mirror.example/debian',
      options: {
        name: 'debian-13',
        family: 'debian',
        version: '13',
        kernel: '/srv/linux',
        initrd: '/srv/initrd.gz',
        tree: 'http://mirror.example/debian',
      },
    },
    {
      line: 'distro add rocky-9.4 --version 9 --kernel /k --initrd /i --arch aarch64',
      options: {
        name: 'rocky-9.4',
        family: 'redhat',
        version: '9',
        kernel: '/k',
        initrd: '/i',
        arch: 'aarch64',
      },
    },
    {
      line: 'distro edit debian-13 --tree none --kernel-args ""',
      options: { name: 'debian-13', edit: { tree: null, kernelArgs: [] } },
    },
    {
      line: 'subnet add lab --network 10.99.0.0/24 --gateway 10.99.0.1 --dns 10.99.0.1,10.99.0.2 --dns 9.9.9.9 --range 10.99.0.100-10.99.0.149 --range 10.99.0.160-10.99.0.199 --dhcp authoritative --lease-seconds 600 --mtu 9000',
      options: {
        name: 'lab',
        network: '10.99.0.0/24',
        gateway: '10.99.0.1',
        dnsServers: ['10.99.0.1', '10.99.0.2', '9.9.9.9'],
        ranges: [
          { from: '10.99.0.100', to: '10.99.0.149' },
          { from: '10.99.0.160', to: '10.99.0.199' },
        ],
        dhcp: 'authoritative',
        leaseSeconds: 600,
        mtu: 9000,
      },
    },
    {
      line: 'subnet edit lab --range none --dns none --mtu none --gateway none --next-server none',
      options: {
        name: 'lab',
        edit: { ranges: [], dnsServers: [], mtu: null, gateway: null, nextServer: null },
      },
    },
    {
      line: 'profile add web --distro debian-13 --from debian-13 --install image --image /srv/disk.raw --ssh-key ~/a.pub --ssh-key b.pub --packages vim,git --packages curl --disk /dev/vda --root-password-hash-stdin',
      options: {
        input: {
          name: 'web',
          distro: 'debian-13',
          from: 'debian-13',
          install: 'image',
          image: '/srv/disk.raw',
        },
        settings: {
          set: { disk: '/dev/vda', packages: ['vim', 'git', 'curl'] },
          unset: [],
          sshKeys: ['~/a.pub', 'b.pub'],
          rootPasswordHashStdin: true,
        },
      },
    },
    { line: 'system install web001', options: { name: 'web001', input: {} } },
    {
      line: 'system install web001 --attempts 2 --expires 1h30m',
      options: { name: 'web001', input: { attempts: 2, expiresInMinutes: 90 } },
    },
    {
      line: 'system timeline web001 --until-done --after 12',
      options: { name: 'web001', after: 12, follow: true, untilDone: true },
    },
    { line: 'system remove web001 --yes', options: { name: 'web001', yes: true } },
    { line: 'setup', options: { name: 'ada' } },
    { line: 'setup --name ci', options: { name: 'ci' } },
    { line: 'status', options: {} },
  ];
  it.each(LINES)('$line', ({ line, options }) => {
    expect(parse(line).invocation.options).toEqual(options);
  });

  it('takes the global flags before and after the command', () => {
    for (const line of [
      '--json --server http://h:1 --token-file f system list',
      'system list --json --server http://h:1 --token-file f',
    ]) {
      expect(parse(line).globals).toEqual({ json: true, server: 'http://h:1', tokenFile: 'f' });
    }
  });

  it('says which flags were given, not which exist', () => {
    expect(parse('system add w --profile p --mac m').given).toEqual(['mac', 'profile']);
  });
});

describe('mistakes', () => {
  it.each([
    ['sytem list', "unknown command 'sytem'", 'did you mean system?'],
    ['system ad x', "unknown command 'ad'", 'did you mean add?'],
    ['system list --jsom', "unknown option '--jsom'", 'did you mean --json?'],
    ['system add w --profil p', "unknown option '--profil'", 'did you mean --profile?'],
    ['system add w', 'missing: --profile, --mac', undefined],
    ['system add w --profile p --ip auto', 'missing: --mac', undefined],
    ['system add', "missing required argument 'name'", undefined],
    ['system', 'system wants one of: add, list, show, edit, remove, install, cancel, timeline', undefined],
    ['system list web001', "too many arguments for 'list'. Expected 0 arguments but got 1.", undefined],
    ['system edit web001', 'nothing to change: name at least one flag', undefined],
    [
      'system edit web001 --interface eth1',
      'nothing to change on interface eth1',
      'give --ip, --mac or --subnet with it',
    ],
    [
      'system add w --profile p --mac m --interface eth0 --interface eth1',
      '--interface names the boot interface twice: eth0, eth1',
      'write further ones as --interface name=eth1,mac=…,ip=…',
    ],
    [
      'system add w --profile p --interface name=eth0,mca=1',
      "--interface: 'mca=1' is not one of name=…, mac=…, ip=…, subnet=…",
      'write --interface name=eth1,mac=52:54:00:12:34:57,ip=10.99.0.12',
    ],
    [
      'system add w --profile p --interface mac=1,mac=2',
      "--interface: mac is given twice in 'mac=1,mac=2'",
      undefined,
    ],
    ['system add w --profile p --interface name=e', "--interface: 'name=e' has no mac=…", undefined],
    [
      'system add w --profile p --mac m --set timezne=UTC',
      "there is no setting 'timezne'",
      'did you mean timezone?',
    ],
    [
      'system add w --profile p --mac m --set minDiskGb=many',
      "--set minDiskGb wants a whole number, not 'many'",
      undefined,
    ],
    [
      'system add w --profile p --mac m --set rootPasswordHash=x',
      '--set cannot set rootPasswordHash',
      'use --root-password-hash-stdin (secrets never stand on a command line)',
    ],
    ['system add w --profile p --mac m --var role', "--var wants key=value, not 'role'", undefined],
    ['system install w --expires soon', "--expires 'soon' is not a duration", 'write it like 30m, 4h or 2d'],
    ['system install w --attempts two', "--attempts wants a whole number, not 'two'", undefined],
    [
      'distro add mine --kernel /k --initrd /i',
      "family and version cannot be read from 'mine'",
      'give --family and --version',
    ],
    [
      'distro add constructor-1 --kernel /k --initrd /i',
      "family and version cannot be read from 'constructor-1'",
      'give --family and --version',
    ],
    ['distro edit d --arch arm', "--arch wants one of x86_64, aarch64, not 'arm'", undefined],
    [
      'subnet add lab --network n --range 10.0.0.1',
      "--range '10.0.0.1' is not a range",
      'write it like 10.99.0.100-10.99.0.199',
    ],
    [
      'system show ..',
      "'..' is not a name: it must be 1-64 of a-z, 0-9, dot, dash or underscore, beginning and ending with a letter or digit",
      undefined,
    ],
  ])('%s', (line, message, hint) => {
    const error = usageError(line);
    expect({ message: error.message, hint: error.hint }).toEqual({ message, hint });
  });
});

describe('the table of commands', () => {
  it.each(COMMANDS.map((command) => [command.path.join(' '), command] as const))(
    '%s has help with examples, and its examples are command lines',
    (path, command) => {
      const help = parseCommandLine(['help', ...command.path], COMMANDS, {});
      const same = parseCommandLine([...command.path, '--help'], COMMANDS, {});
      expect(help).toEqual(same);
      if (help.kind !== 'help') throw new Error('no help');
      expect(help.text).toContain(`Usage: provision ${path} `);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) {
        expect(help.text).toContain(`  $ ${example}\n`);
        for (const line of example.split(/ (?:\||&&) /).filter((part) => part.startsWith('provision '))) {
          expect(parse(line.slice('provision '.length).replace(/ < .*/, '')).command.path).toBeDefined();
        }
      }
      expect(example(command.examples)).toBe(path);
    },
  );

  /** The command that the first example shows. */
  function example(examples: readonly string[]): string {
    const line = examples[0]?.split(' | ').at(-1) ?? '';
    return parse(line.slice('provision '.length)).command.path.join(' ');
  }

  it('maps flags only to fields that records have', () => {
    const shapes: Readonly<Record<string, readonly string[]>> = {
      distro: Object.keys(distroInput.shape),
      profile: [...Object.keys(profileInput.shape), 'from'],
      subnet: Object.keys(subnetInput.shape),
      system: [...Object.keys(systemInput.shape), ...Object.keys(installInput.shape)],
      setup: ['name'],
    };
    const settings = Object.keys(settingsInput.shape);
    for (const { path, flags } of COMMANDS) {
      for (const field of flags.flatMap((flag) => flag.fields ?? [])) {
        const [first = '', second] = field.split('.');
        expect(shapes[path[0] ?? ''], `${path.join(' ')}: ${field}`).toContain(first);
        if (first === 'settings' && second !== undefined) expect(settings).toContain(second);
      }
    }
  });

  it('shows the root help for nothing, help and --help', () => {
    const help = parseCommandLine([], COMMANDS, {});
    expect(parseCommandLine(['help'], COMMANDS, {})).toEqual(help);
    expect(parseCommandLine(['--help'], COMMANDS, {})).toEqual(help);
    expect(help.kind === 'help' && help.text).toContain('Exit codes:');
  });
});
