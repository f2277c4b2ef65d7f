import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { leaseWrite, macOf, NOW_MS } from '../../support/store-records.ts';

/** A request and what it is answered: nothing but the status where it is accepted. */
interface Step {
  readonly ask: readonly [method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object];
  readonly answer: { readonly status: number; readonly body?: object };
}

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

const [MAC_A, MAC_B] = [macOf(1), macOf(2)];
const system = (name: string, more: object = {}) => ({
  name,
  profile: 'debian-13',
  interfaces: [{ mac: MAC_A, ip: '10.99.0.11' }],
  ...more,
});
const nic = (mac: string, ip: string | null = null, more: object = {}) => ({ mac, ip, ...more });

const added = (body: object): Step => ({ ask: ['POST', '/api/v1/systems', body], answer: { status: 201 } });
const edited = (name: string, body: object): Step => ({
  ask: ['PATCH', `/api/v1/systems/${name}`, body],
  answer: { status: 200 },
});
const taken = (ask: Step['ask'], kind: string, value: string, holder: string): Step => ({
  ask,
  answer: { status: 409, body: { conflict: { kind, value, holder } } },
});
const adding = (body: object): Step['ask'] => ['POST', '/api/v1/systems', body];
const refused = (ask: Step['ask'], path: string, words: string): Step => {
  const problem = expect.objectContaining({ path, message: expect.stringContaining(words) });
  return { ask, answer: { status: 422, body: { problems: expect.arrayContaining([problem]) } } };
};
const web1 = added(system('web1'));

const CASES: readonly Case[] = [
  {
    name: 'the same object is added twice',
    steps: [web1, taken(adding(system('web1')), 'name', 'web1', 'system web1')],
  },
  {
    name: 'a system is renamed: its old name is free, its addresses stay its own',
    steps: [
      web1,
      edited('web1', { name: 'web9' }),
      taken(adding(system('web1')), 'mac', MAC_A, 'system web9'),
      added(system('web1', { interfaces: [nic(MAC_B, '10.99.0.12')] })),
    ],
  },
  {
    name: 'a system is renamed to a name that is taken',
    steps: [
      web1,
      added(system('web2', { interfaces: [nic(MAC_B)] })),
      taken(['PATCH', '/api/v1/systems/web2', { name: 'web1' }], 'name', 'web1', 'system web1'),
    ],
  },
  {
    name: 'a host name is taken that another has by its name',
    steps: [
      web1,
      taken(
        adding(system('web2', { hostname: 'web1', interfaces: [nic(MAC_B)] })),
        'hostname',
        'web1',
        'system web1',
      ),
    ],
  },
  {
    name: 'a host name that a DNS server chokes on',
    steps: ['web_1', '-web', 'web1.', 'wéb', 'web 1', 'web1;reboot'].map((hostname) =>
      refused(adding(system('web1', { hostname })), 'hostname', 'must be a host name'),
    ),
  },
  {
    name: 'interfaces without a MAC do not clash over nothing',
    steps: [
      added(system('web1', { interfaces: [{ circuitId: 'port1' }, { name: 'eth1', clientId: '01:02' }] })),
      added(system('web2', { interfaces: [{ circuitId: 'port2' }, { name: 'eth1', clientId: '01:03' }] })),
      taken(
        adding(system('web3', { interfaces: [{ circuitId: 'port2' }] })),
        'circuit',
        'port2',
        'system web2',
      ),
    ],
  },
  {
    name: 'two interfaces of one system with one MAC',
    steps: [
      refused(
        adding(system('web1', { interfaces: [nic(MAC_A), nic(MAC_A, null, { name: 'eth1' })] })),
        'interfaces.1.mac',
        `MAC ${MAC_A} is given twice (also interfaces.0.mac)`,
      ),
    ],
  },
  {
    name: 'two interfaces of one system with one address',
    steps: [
      refused(
        adding(
          system('web1', {
            interfaces: [nic(MAC_A, '10.99.0.11'), nic(MAC_B, '10.99.0.11', { name: 'eth1' })],
          }),
        ),
        'interfaces.1.ip',
        'is given twice',
      ),
    ],
  },
  {
    name: 'two interfaces swap their addresses in one edit',
    steps: [
      added(
        system('web1', {
          interfaces: [nic(MAC_A, '10.99.0.11'), nic(MAC_B, '10.99.0.12', { name: 'eth1' })],
        }),
      ),
      edited('web1', { interfaces: [nic(MAC_A, '10.99.0.12'), nic(MAC_B, '10.99.0.11', { name: 'eth1' })] }),
    ],
  },
  {
    name: 'an address in another spelling',
    steps: [
      ...['010.99.0.11', '10.99.0.011'].map((ip) =>
        refused(adding(system('web1', { interfaces: [nic(MAC_A, ip)] })), 'interfaces.0.ip', 'leading zeros'),
      ),
      ...['::ffff:10.99.0.11', '10.99.11', '0x0a63000b', '174260235', '10.99.0.11/24'].map((ip) =>
        refused(adding(system('web1', { interfaces: [nic(MAC_A, ip)] })), 'interfaces.0.ip', ''),
      ),
    ],
  },
  {
    name: 'a MAC in another spelling',
    steps: [
      added(system('web1', { interfaces: [nic('52:54:00:AB:CD:EF')] })),
      ...['52-54-00-ab-cd-ef', '5254.00ab.cdef', '525400ABCDEF'].map((mac) =>
        taken(adding(system('web2', { interfaces: [nic(mac)] })), 'mac', '52:54:00:ab:cd:ef', 'system web1'),
      ),
    ],
  },
  {
    name: "a BMC with a host's address, and a host with a BMC's",
    steps: [
      added(system('web1', { bmc: { address: '10.99.0.21' } })),
      taken(
        adding(system('web2', { interfaces: [nic(MAC_B)], bmc: { address: '10.99.0.11' } })),
        'ip',
        '10.99.0.11',
        'system web1',
      ),
      taken(
        adding(system('web2', { interfaces: [nic(MAC_B, '10.99.0.21')] })),
        'ip',
        '10.99.0.21',
        'BMC of system web1',
      ),
      taken(
        adding(system('web2', { interfaces: [nic(MAC_B)], bmc: { address: '10.99.0.21' } })),
        'ip',
        '10.99.0.21',
        'BMC of system web1',
      ),
    ],
  },
  {
    name: 'a BMC and an interface of one system with one address',
    steps: [
      refused(adding(system('web1', { bmc: { address: '10.99.0.11' } })), 'bmc.address', 'is given twice'),
    ],
  },
  {
    name: 'the BMC of blades is shared on purpose, and only by those that say so',
    steps: [
      added(system('web1', { bmc: { address: '10.50.0.1', shared: true, node: '1' } })),
      added(
        system('web2', {
          interfaces: [nic(MAC_B)],
          bmc: { address: '10.50.0.1', shared: true, node: '2' },
        }),
      ),
      taken(
        adding(system('web3', { interfaces: [nic(macOf(3))], bmc: { address: '10.50.0.1' } })),
        'ip',
        '10.50.0.1',
        'BMC of system web1',
      ),
    ],
  },
  {
    name: 'an address in a dynamic range, and a range over an address',
    steps: [
      refused(
        adding(system('web1', { interfaces: [nic(MAC_A, '10.99.0.150')] })),
        'interfaces.0.ip',
        'dynamic range',
      ),
      web1,
      refused(
        ['PATCH', '/api/v1/subnets/lab', { ranges: [{ from: '10.99.0.10', to: '10.99.0.20' }] }],
        'ranges.0',
        '10.99.0.11 of system web1',
      ),
    ],
  },
  {
    name: 'an address that is nobody’s: network, broadcast, and the service’s own',
    steps: [
      ['10.99.0.0', 'network address'],
      ['10.99.0.255', 'broadcast address'],
      ['10.99.0.5', "server's own address"],
      ['192.0.2.1', 'no declared subnet'],
    ].map(([ip = '', words = '']) =>
      refused(adding(system('web1', { interfaces: [nic(MAC_A, ip)] })), 'interfaces.0.ip', words),
    ),
  },
  {
    name: 'the gateway, a gateway over an address, and a subnet over another',
    steps: [
      taken(
        adding(system('web1', { interfaces: [nic(MAC_A, '10.99.0.254')] })),
        'ip',
        '10.99.0.254',
        'gateway of subnet lab',
      ),
      web1,
      taken(['PATCH', '/api/v1/subnets/lab', { gateway: '10.99.0.11' }], 'ip', '10.99.0.11', 'system web1'),
      refused(
        ['POST', '/api/v1/subnets', { name: 'all', network: '10.99.0.0/16' }],
        'network',
        "subnet 'lab'",
      ),
    ],
  },
  {
    name: "a lease that is over is out of the way, and the machine's own becomes its address",
    steps: [
      added(system('web1', { interfaces: [nic(MAC_A, '10.99.0.31')] })),
      added(system('web2', { interfaces: [nic(macOf(61), '10.99.0.32')] })),
    ],
  },
  {
    name: 'what a removed system held is free',
    steps: [
      web1,
      { ask: ['DELETE', '/api/v1/systems/web1'], answer: { status: 204 } },
      added(system('web2', { hostname: 'web1' })),
    ],
  },
];

describe('what may be there once', () => {
  let world: ServiceWorld;
  beforeEach(async () => {
    world = await openServiceWorld();
    const file = join(world.dataDir, 'distros', 'linux');
    mkdirSync(join(world.dataDir, 'distros'), { recursive: true });
    writeFileSync(file, 'a kernel');
    const lab = {
      name: 'lab',
      network: '10.99.0.0/24',
      gateway: '10.99.0.254',
      ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
    };
    for (const [nouns, body] of [
      ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel: file, initrd: file }],
      ['profiles', { name: 'debian-13', distro: 'debian-13' }],
      ['subnets', lab],
    ] as const)
      expect(await world.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
    await world.store.dhcp.commitLease(leaseWrite(60, '10.99.0.31', { expiresAtMs: NOW_MS - 1 }));
    await world.store.dhcp.commitLease(leaseWrite(61, '10.99.0.32', { expiresAtMs: NOW_MS + 3_600_000 }));
  });
  afterEach(() => world.dispose());

  it.each(CASES)('$name', async ({ steps }) => {
    for (const { ask, answer } of steps) expect(await world.call(...ask)).toMatchObject(answer);
  });
});
