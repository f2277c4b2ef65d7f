import { describe, expect, it } from 'vitest';
import { parseLine } from '../support/parse-line.ts';

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
      line: 'system add db1 --profile p --mac 5254.0012.3456 --ip auto --subnet lab --interface eno1 --interface name=eno2,mac=52-54-00-12-34-57,ip=none --hostname db.example.net --role web,db --role mail_1 --bmc 10.0.0.9 --kernel-args "quiet  console=ttyS0" --comment "rack 3" --loader grub --local-boot inherit',
      options: {
        input: {
          name: 'db1',
          profile: 'p',
          hostname: 'db.example.net',
          roles: ['web', 'db', 'mail_1'],
          kernelArgs: ['quiet', 'console=ttyS0'],
          loader: 'grub',
          localBoot: null,
          comment: 'rack 3',
          interfaces: [
            { mac: '5254.0012.3456', name: 'eno1', ip: 'auto', subnet: 'lab' },
            { mac: '52-54-00-12-34-57', name: 'eno2', ip: null },
          ],
        },
        bmc: { fields: { address: '10.0.0.9' }, stdin: undefined, environment: false },
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
      line: 'system edit web001 --interface eth1 --ip none --add-interface mac=525400123458 --remove-interface eth2 --bmc none --rename web002 --role none --unset disk --unset vars.role --set min-disk-gb=20 --var a=b=c',
      options: {
        name: 'web001',
        edit: { name: 'web002', roles: [] },
        bmc: { fields: null, stdin: undefined, environment: false },
        interfaces: {
          target: 'eth1',
          change: { ip: null },
          changes: [],
          add: [{ mac: '525400123458' }],
          remove: ['eth2'],
          addAddresses: [],
          removeAddresses: [],
        },
        options: undefined,
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
      line: 'subnet add lab --network 10.99.0.0/24 --exclude 10.99.0.120 --exclude 10.99.0.130-10.99.0.139 --lease-min 300 --lease-max 7200 --domain-search a.example,b.example --option 42=10.99.0.4 --option-always 200=text:a=b,c --option 6=',
      options: {
        name: 'lab',
        network: '10.99.0.0/24',
        exclusions: [
          { from: '10.99.0.120', to: '10.99.0.120' },
          { from: '10.99.0.130', to: '10.99.0.139' },
        ],
        minLeaseSeconds: 300,
        maxLeaseSeconds: 7200,
        domainSearch: ['a.example', 'b.example'],
        dhcpOptions: [
          { code: 42, type: 'ips', value: '10.99.0.4', always: false },
          { code: 6, value: '' },
          { code: 200, type: 'text', value: 'a=b,c', always: true },
        ],
      },
    },
    {
      line: 'subnet edit lab --option 42=ips:10.99.0.4 --unset-option 200 --exclude none --lease-max none',
      options: {
        name: 'lab',
        edit: { exclusions: [], maxLeaseSeconds: null },
        options: { set: [{ code: 42, type: 'ips', value: '10.99.0.4', always: false }], unset: [200] },
      },
    },
    {
      line: 'system add web001 --profile p --circuit-id Gi1/0/3 --remote-id 0x0006aabb --ip auto --interface name=ib0,client-id=ff:00:01',
      options: {
        input: {
          name: 'web001',
          profile: 'p',
          interfaces: [
            { circuitId: 'Gi1/0/3', remoteId: '0x0006aabb', ip: 'auto' },
            { name: 'ib0', clientId: 'ff:00:01' },
          ],
        },
        settings: undefined,
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
    { line: 'system install web001', options: { name: 'web001', input: {}, follow: false } },
    {
      line: 'system install web001 --attempts 2 --expires 1h30m',
      options: { name: 'web001', input: { attempts: 2, expiresInMinutes: 90 }, follow: false },
    },
    {
      line: 'system timeline web001 --until-done --after 12',
      options: { name: 'web001', after: 12, follow: true, untilDone: true },
    },
    { line: 'system remove web001 --yes', options: { name: 'web001', yes: true } },
    { line: 'setup', options: { name: 'ada', fingerprint: undefined } },
    { line: 'setup --name ci', options: { name: 'ci', fingerprint: undefined } },
    { line: 'status', options: {} },
  ];
  it.each(LINES)('$line', ({ line, options }) => {
    expect(parseLine(line).invocation.options).toEqual(options);
  });

  it('takes the global flags before and after the command', () => {
    for (const line of [
      '--json --server http://h:1 --token-file f system list',
      'system list --json --server http://h:1 --token-file f',
    ]) {
      expect(parseLine(line).globals).toMatchObject({ format: 'json', server: 'http://h:1', tokenFile: 'f' });
    }
  });

  it('says which flags were given, not which exist', () => {
    expect(parseLine('system add w --profile p --mac m').given).toEqual(['mac', 'profile']);
  });
});
