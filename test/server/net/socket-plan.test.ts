import { describe, expect, it } from 'vitest';
import type { MachineInterface } from '../../../server/net/interfaces.ts';
import { type PlanFacts, planSockets } from '../../../server/net/socket-plan.ts';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { must } from '../../support/must.ts';

const address = must(parseIpv4('10.0.0.1'), 'address');
const addresses = [{ address, prefix: 24 }];
const nic = (name: string, index: number, up = true): MachineInterface => ({
  name,
  index,
  up,
  mtu: 1500,
  addresses,
});
const want = (name: string) => ({ name, addresses });
const FACTS: PlanFacts = {
  port: 67,
  wanted: [want('eth0')],
  machine: [nic('eth0', 2)],
  handedIn: [],
  noDeviceSockets: undefined,
};
const NO_KOFFI = { noDeviceSockets: 'koffi is not installed' };

/** What was decided for each interface: the plan, or the code of the refusal. */
function decided(changes: Partial<PlanFacts>) {
  const decisions = planSockets({ ...FACTS, ...changes });
  return Object.fromEntries([...decisions].map(([name, d]) => [name, d.ok ? d.plan : d.refusal.code]));
}

describe('planSockets', () => {
  const place = { interfaceName: 'eth0', interfaceIndex: 2 };
  const both = { wanted: [want('eth0'), want('eth1')], machine: [nic('eth0', 2), nic('eth1', 3)] };
  const eth0Fd = { fd: 3, name: 'dhcp-eth0' };
  it.each([
    { name: 'a device socket', facts: {}, expected: { eth0: { kind: 'device', ...place } } },
    {
      name: 'a device socket each',
      facts: both,
      expected: {
        eth0: { kind: 'device', ...place },
        eth1: { kind: 'device', interfaceName: 'eth1', interfaceIndex: 3 },
      },
    },
    {
      name: 'the socket handed in goes before a device socket',
      facts: { ...both, handedIn: [eth0Fd] },
      expected: {
        eth0: { kind: 'handed-in', ...place, fd: 3 },
        eth1: { kind: 'device', interfaceName: 'eth1', interfaceIndex: 3 },
      },
    },
    {
      name: 'a socket handed in for another port does not fit',
      facts: { handedIn: [eth0Fd], port: 4011 },
      expected: { eth0: { kind: 'device', ...place } },
    },
    {
      name: 'plain Node on the only interface',
      facts: NO_KOFFI,
      expected: { eth0: { kind: 'only-interface', ...place, address } },
    },
    {
      name: 'plain Node, the other interface is down',
      facts: { ...NO_KOFFI, machine: [nic('eth0', 2), nic('eth1', 3, false)] },
      expected: { eth0: { kind: 'only-interface', ...place, address } },
    },
    {
      name: 'plain Node would hear an interface that is merely up',
      facts: { ...NO_KOFFI, machine: both.machine },
      expected: { eth0: 'NO_FFI' },
    },
    {
      name: 'plain Node cannot tell two wanted ones apart',
      facts: { ...NO_KOFFI, ...both },
      expected: { eth0: 'NO_FFI', eth1: 'NO_FFI' },
    },
    {
      name: 'no plain socket beside one handed in',
      facts: { ...NO_KOFFI, ...both, handedIn: [eth0Fd] },
      expected: { eth0: { kind: 'handed-in', ...place, fd: 3 }, eth1: 'NO_FFI' },
    },
    { name: 'no such interface', facts: { machine: [nic('ens3', 2)] }, expected: { eth0: 'ENODEV' } },
    {
      name: 'no address',
      facts: { wanted: [{ name: 'eth0', addresses: [] }] },
      expected: { eth0: 'NO_ADDRESS' },
    },
    {
      name: 'no address, for it is down',
      facts: { wanted: [{ name: 'eth0', addresses: [] }], machine: [nic('eth0', 2, false)] },
      expected: { eth0: 'ENETDOWN' },
    },
    {
      name: 'down, but with an address: it may come up',
      facts: { machine: [nic('eth0', 2, false)] },
      expected: { eth0: { kind: 'device', ...place } },
    },
  ])('$name', ({ facts, expected }) => {
    expect(decided(facts)).toEqual(expected);
  });

  it('says what is in the way and every way out', () => {
    const decision = planSockets({ ...FACTS, ...NO_KOFFI, ...both }).get('eth1');
    const refusal = must(decision?.ok === false ? decision.refusal : undefined, 'a refusal');
    expect(refusal.message).toBe(
      'DHCP on eth1 (UDP port 67): a socket for this interface alone cannot be made ' +
        '(koffi is not installed), and a plain one would also hear eth0',
    );
    expect(refusal.remedy).toContain('koffi');
    expect(refusal.remedy).toContain('BindToDevice=eth1, FileDescriptorName=dhcp-eth1');
    expect(refusal.remedy).toContain('one interface only');
  });

  it('names the interfaces there are', () => {
    const decision = planSockets({ ...FACTS, wanted: [want('eth7')] }).get('eth7');
    expect(decision).toMatchObject({ ok: false, refusal: { remedy: 'This machine has: eth0.' } });
  });
});
