import { describe, expect, it } from 'vitest';
import { apiCard, apiProfile, apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';

const source = apiSystem({
  roles: ['web'],
  comment: 'rack 3',
  settings: { disk: '/dev/vda' },
  secretsSet: ['rootPasswordHash'],
  interfaces: [
    apiCard({ name: 'eth0', mac: '52:54:00:12:34:56', ip: '10.99.0.11', subnet: 'lab' }),
    apiCard({ name: 'eth1', mac: '52:54:00:12:34:57', ip: null, subnet: null }),
  ],
});
const server = {
  'GET /api/v1/systems/web001': { status: 200, body: source },
  'POST /api/v1/systems': { status: 201, body: apiSystem({ name: 'web002', hostname: 'web002' }) },
};
const run = (line: string) => runCli(line.split(' '), { server });

describe('system copy', () => {
  it('takes all but what one machine alone has, and says what the copy lacks', async () => {
    const { requests, stderr } = await run(
      'system copy web001 web002 --mac 52:54:00:12:34:60 --interface eth1:mac=52:54:00:12:34:61 --role db',
    );
    expect(requests.at(-1)?.body).toEqual({
      name: 'web002',
      profile: 'debian-13',
      roles: ['db'],
      interfaces: [
        { name: 'eth0', mac: '52:54:00:12:34:60' },
        { name: 'eth1', mac: '52:54:00:12:34:61' },
      ],
      kernelArgs: [],
      loader: null,
      localBoot: null,
      handoff: null,
      settings: { disk: '/dev/vda' },
      dhcpOptions: [],
      comment: 'rack 3',
    });
    expect(stderr).toBe(`added system web002 like web001; nothing is installed until you say so
note: eth0 has no fixed address (web001 has 10.99.0.11); give it one with --ip auto or --ip ADDRESS
note: secrets are not copied: provision system edit web002 --root-password-hash-stdin
next: provision system install web002
`);
  });

  it('takes the next free address where the other one has its own', async () => {
    const { requests } = await run(
      'system copy web001 web002 --mac 525400123460 --ip auto --remove-interface eth1',
    );
    expect(requests.at(-1)?.body).toMatchObject({
      interfaces: [{ name: 'eth0', mac: '525400123460', ip: 'auto', subnet: 'lab' }],
    });
  });

  it('names every interface of which nothing was said', async () => {
    const { code, stderr, requests } = await run('system copy web001 web002 --ip auto');
    expect(code).toBe(2);
    expect(stderr).toContain('missing: --mac (eth0), --interface eth1:mac=…');
    expect(requests).toHaveLength(1);
  });

  it('takes of the BMC what is not of that one machine', async () => {
    const bmc = {
      address: '10.50.0.1',
      driver: 'redfish',
      port: 8443,
      user: 'root',
      cipherSuite: null,
      privilege: 'operator',
      protocol: '2.0',
      firmware: 'uefi',
      vendor: 'x',
      model: null,
      certificate: 'a'.repeat(64),
      node: '3',
      command: null,
      shared: false,
      passwordSet: true,
      kgSet: false,
    } as const;
    const world = { ...server, 'GET /api/v1/systems/web001': { status: 200, body: { ...source, bmc } } };
    const line = 'system copy web001 web002 --mac 525400123460 --remove-interface eth1 --bmc 10.50.0.2';
    const { requests } = await runCli(line.split(' '), { server: world });
    expect(requests.at(-1)?.body).toHaveProperty('bmc', {
      address: '10.50.0.2',
      driver: 'redfish',
      port: 8443,
      user: 'root',
      cipherSuite: null,
      privilege: 'operator',
      protocol: '2.0',
      firmware: 'uefi',
      vendor: 'x',
      model: null,
      command: null,
      shared: false,
    });
  });
});

describe('copies of other records, and other names', () => {
  it('a profile', async () => {
    const { requests } = await runCli('profile copy debian-13 web --packages nginx --unset disk'.split(' '), {
      server: {
        'GET /api/v1/profiles/debian-13': {
          status: 200,
          body: apiProfile({ settings: { disk: '/dev/sda', locale: 'C' } }),
        },
        'POST /api/v1/profiles': { status: 201, body: apiProfile({ name: 'web' }) },
      },
    });
    expect(requests.at(-1)?.body).toMatchObject({
      name: 'web',
      answerFile: 'debian-13.preseed',
      settings: { locale: 'C', packages: ['nginx'] },
    });
    expect(requests.at(-1)?.body).not.toHaveProperty('settings.disk');
  });

  it('a subnet, without what lies in its network', async () => {
    const lab = {
      id: 1,
      revision: 1,
      createdAt: '',
      updatedAt: '',
      name: 'lab',
      network: '10.99.0.0/24',
      gateway: '10.99.0.1',
      dnsServers: ['10.1.1.1'],
      ntpServers: [],
      domain: null,
      domainSearch: [],
      mtu: null,
      leaseSeconds: 3600,
      minLeaseSeconds: null,
      maxLeaseSeconds: null,
      dhcp: 'authoritative',
      nextServer: null,
      ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
      exclusions: [],
      dhcpOptions: [],
    };
    const { requests, stderr } = await runCli('subnet copy lab lab2 --network 10.98.0.0/24'.split(' '), {
      server: {
        'GET /api/v1/subnets/lab': { status: 200, body: lab },
        'POST /api/v1/subnets': { status: 201, body: { ...lab, name: 'lab2', gateway: null, ranges: [] } },
      },
    });
    expect(requests.at(-1)?.body).toMatchObject({
      name: 'lab2',
      network: '10.98.0.0/24',
      dnsServers: ['10.1.1.1'],
      dhcp: 'authoritative',
    });
    for (const field of ['gateway', 'ranges', 'exclusions'])
      expect(requests.at(-1)?.body).not.toHaveProperty(field);
    expect(stderr).toContain('note: it has no gateway');
    expect(stderr).toContain('note: it has no dynamic addresses');
  });

  it('rename sends the name alone', async () => {
    const { requests, stderr } = await runCli(['system', 'rename', 'web001', 'web009'], {
      server: { 'PATCH /api/v1/systems/web001': { status: 200, body: apiSystem({ name: 'web009' }) } },
    });
    expect(requests[0]?.body).toEqual({ name: 'web009' });
    expect(stderr).toBe('system web001 is web009 now\n');
  });
});
