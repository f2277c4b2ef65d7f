import { describe, expect, it } from 'vitest';
import {
  bootCardOf,
  bootInterfaceOf,
  membershipsOf,
  parentsFirst,
} from '../../../src/domain/network/interface-graph.ts';
import { interfaceRules } from '../../../src/domain/network/interface-rules.ts';
import { interfaceInput } from '../../../src/domain/network/network-interface.ts';

const [A, B, C] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b', '52:54:00:00:00:0c'];
type Given = Parameters<typeof interfaceInput.parse>[0] & object;
const eth = (number: number, more: object = {}): Given => ({
  name: `eth${number}`,
  mac: [A, B, C][number],
  ...more,
});
const bond = (parents: readonly string[], more: object = {}): Given => ({
  name: 'bond0',
  type: 'bond',
  parents,
  ...more,
});
const bridge = (parents: readonly string[], more: object = {}): Given => ({
  name: 'br0',
  type: 'bridge',
  parents,
  ...more,
});
const vlan = (parent: string, id: number, more: object = {}): Given => ({
  name: `${parent}.${id}`,
  type: 'vlan',
  parents: [parent],
  vlan: id,
  ...more,
});
const read = (interfaces: readonly Given[]) => interfaces.map((one) => interfaceInput.parse(one));
const problemsOf = (...interfaces: Given[]) =>
  interfaceRules(read(interfaces)).map(({ path, message }) => `${path}: ${message}`);

describe('interfaces as machines have them', () => {
  it.each<[string, Given[]]>([
    ['one card', [eth(0)]],
    [
      'a bond with its address',
      [eth(0), eth(1), bond(['eth0', 'eth1'], { ip: '10.0.0.1', bondMode: '802.3ad' })],
    ],
    ['a bond before its members', [bond(['eth0', 'eth1']), eth(0), eth(1)]],
    ['a member that is known by its name', [eth(0), { name: 'eno2' }, bond(['eth0', 'eno2'])]],
    [
      'members with one MAC',
      [eth(0, { sharedMac: true }), eth(1, { mac: A, sharedMac: true }), bond(['eth0', 'eth1'])],
    ],
    ['VLANs on a bond', [eth(0), eth(1), bond(['eth0', 'eth1']), vlan('bond0', 1), vlan('bond0', 4094)]],
    ['a bridge over a bond', [eth(0), eth(1), bond(['eth0', 'eth1']), bridge(['bond0'], { ip: '10.0.0.1' })]],
    ['a bridge over a VLAN', [eth(0, { ip: '10.0.0.1' }), vlan('eth0', 7), bridge(['eth0.7'])]],
    ['a bridge without ports', [eth(0), bridge([])]],
    ['VLANs with one number on two cards', [eth(0), eth(1), vlan('eth0', 7), vlan('eth1', 7)]],
    ['a VLAN within a VLAN', [eth(0), vlan('eth0', 7), vlan('eth0.7', 9)]],
    ['a card with a long label', [eth(0, { name: 'left-upper-port-of-the-card' })]],
  ])('%s', (_what, interfaces) => expect(problemsOf(...interfaces)).toEqual([]));
});

describe('what cannot be', () => {
  it.each<[string, string[], Given[]]>([
    ['an unknown parent', ['interfaces.1.parents'], [eth(0), bond(['eth0', 'eth9'])]],
    [
      'a cycle',
      ['interfaces.1.parents', 'interfaces.2.parents'],
      [eth(0), vlan('b.2', 1, { name: 'a' }), vlan('a', 2, { name: 'b.2' })],
    ],
    ['a part of itself', ['interfaces.1.parents'], [eth(0), bridge(['br0'])]],
    [
      'a member of two',
      ['interfaces.2.parents'],
      [eth(0), bond(['eth0']), bond(['eth0'], { name: 'bond1' })],
    ],
    ['a member twice', ['interfaces.1.parents'], [eth(0), bond(['eth0', 'eth0'])]],
    [
      'a member with an address',
      ['interfaces.0.ip', 'interfaces.0.routes', 'interfaces.0.mtu'],
      [
        eth(0, { ip: '10.0.0.1', mtu: 9000, routes: [{ to: '10.1.0.0/16', via: '10.0.0.2' }] }),
        bond(['eth0']),
      ],
    ],
    ['a bond without members', ['interfaces.1.parents'], [eth(0), bond([])]],
    ['a bond of a VLAN', ['interfaces.2.parents'], [eth(0), vlan('eth0', 7), bond(['eth0.7'])]],
    ['a VLAN on a member', ['interfaces.2.parents'], [eth(0), bond(['eth0']), vlan('eth0', 7)]],
    [
      'a VLAN twice on one parent',
      ['interfaces.2.vlan'],
      [eth(0), vlan('eth0', 7), vlan('eth0', 7, { name: 'seven' })],
    ],
    [
      'a VLAN without number or parent',
      ['interfaces.1.vlan', 'interfaces.1.parents'],
      [eth(0), { name: 'v', type: 'vlan' }],
    ],
    [
      'a name that Linux does not take',
      ['interfaces.1.name', 'interfaces.2.name'],
      [
        eth(0),
        bond(['eth0'], { name: 'a-name-too-long0' }),
        vlan('eth1', 7, { name: 'eth1:7', parents: ['a-name-too-long0'] }),
      ],
    ],
    ['a reserved name', ['interfaces.1.name'], [eth(0), bridge(['eth0'], { name: 'all' })]],
    ['two of one name', ['interfaces.1.name'], [eth(0), eth(1, { name: 'eth0' })]],
    ['a card that nothing is known of', ['interfaces.1.mac'], [eth(0), { name: 'eth1' }]],
    ['a boot card that nothing is known of', ['interfaces.0.mac'], [{ name: 'eth0' }, bond(['eth0'])]],
    ['one MAC on two cards', ['interfaces.1.mac'], [eth(0), eth(1, { mac: A })]],
    [
      'one MAC, of which one does not say so',
      ['interfaces.1.mac'],
      [eth(0), eth(1, { mac: A, sharedMac: true }), bond(['eth0', 'eth1'])],
    ],
    [
      'one MAC in two bonds',
      ['interfaces.1.mac'],
      [
        eth(0, { sharedMac: true }),
        eth(1, { mac: A, sharedMac: true }),
        bond(['eth0']),
        bond(['eth1'], { name: 'bond1' }),
      ],
    ],
    ['a bond with its member’s MAC', ['interfaces.1.mac'], [eth(0), bond(['eth0'], { mac: A })]],
    ['a shared MAC outside of a bond', ['interfaces.0.sharedMac'], [eth(0, { sharedMac: true })]],
    [
      'a card with parents, number and mode',
      ['interfaces.1.vlan', 'interfaces.1.bondMode', 'interfaces.1.parents'],
      [eth(0), eth(1, { parents: ['eth0'], vlan: 3, bondMode: '802.3ad' })],
    ],
    ['further addresses without a first', ['interfaces.0.addresses'], [eth(0, { addresses: ['10.0.0.2'] })]],
    [
      'two default routes',
      ['interfaces.1.gateway'],
      [eth(0, { ip: '10.0.0.1', gateway: true }), eth(1, { ip: '10.1.0.1', gateway: true })],
    ],
    [
      'a route twice',
      ['interfaces.1.routes.0.to'],
      [
        eth(0, { ip: '10.0.0.1', routes: [{ to: '10.9.0.0/16', via: '10.0.0.2' }] }),
        eth(1, { ip: '10.1.0.1', routes: [{ to: '10.9.0.0/16', via: '10.1.0.2' }] }),
      ],
    ],
    [
      'a VLAN with longer frames than its parent',
      ['interfaces.1.mtu'],
      [eth(0, { mtu: 1500 }), vlan('eth0', 7, { mtu: 9000 })],
    ],
  ])('%s', (_what, paths, interfaces) =>
    expect(interfaceRules(read(interfaces)).map(({ path }) => path)).toEqual(paths),
  );

  it('is told all at once, in words that say what to do', () => {
    expect(problemsOf(eth(0, { ip: '10.0.0.1' }), eth(1, { mac: A }), bond(['eth0', 'eth2']))).toEqual([
      'interfaces.0.ip: eth0 is a member of bond0, which has it; give it to bond0',
      `interfaces.1.mac: MAC ${A} is given twice (also interfaces.0.mac); members of one bond may have one MAC if each says sharedMac`,
      'interfaces.2.parents: there is no interface eth2; there are: eth0, eth1',
    ]);
  });

  it.each(['0.0.0.0/0', '10.0.0.1/8', '10.0.0.0'])('a route to %s', (to) =>
    expect(interfaceInput.safeParse(eth(0, { routes: [{ to, via: '10.0.0.2' }] })).success).toBe(false),
  );
  it.each([0, 4095, 1.5])('VLAN %s', (id) =>
    expect(interfaceInput.safeParse(vlan('eth0', id)).success).toBe(false),
  );
});

describe('what a card is a part of', () => {
  const all = read([
    bridge(['bond0', 'eth2']),
    bond(['eth1', 'eth0']),
    eth(0),
    eth(1),
    eth(2),
    vlan('br0', 7),
  ]);

  it('the first card of the topmost one netboots for all', () => {
    expect(Object.fromEntries(membershipsOf(all))).toEqual({
      eth1: { upper: 'br0', rank: 0 },
      eth0: { upper: 'br0', rank: 1 },
      eth2: { upper: 'br0', rank: 2 },
    });
    expect([bootCardOf(all)?.name, bootInterfaceOf(all)?.name]).toEqual(['eth1', 'br0']);
  });

  it('nothing untagged comes to a VLAN', () => {
    const tagged = read([eth(0), vlan('eth0', 7), bridge(['eth0.7'])]);
    expect(membershipsOf(tagged).size).toBe(0);
    expect(bootInterfaceOf(tagged)?.name).toBe('eth0');
  });

  it('what others are made of comes first', () =>
    expect(parentsFirst(all).map(({ name }) => name)).toEqual([
      'eth1',
      'eth0',
      'bond0',
      'eth2',
      'br0',
      'br0.7',
    ]));

  it('ends with a record that goes round', () => {
    const round = read([vlan('b', 1, { name: 'a' }), bridge(['a'], { name: 'b' })]);
    expect([
      parentsFirst(round).length,
      bootCardOf(round)?.name !== undefined,
      membershipsOf(round).size,
    ]).toEqual([2, true, 0]);
  });
});
