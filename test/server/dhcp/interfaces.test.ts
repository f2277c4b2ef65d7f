import { describe, expect, it } from 'vitest';
import { createDhcpInterfaces } from '../../../server/dhcp/interfaces.ts';
import type { DhcpSocketOpener } from '../../../server/net/dhcp-socket.ts';
import type { MachineInterface } from '../../../server/net/interfaces.ts';
import { planSockets } from '../../../server/net/socket-plan.ts';
import { systemRefusal } from '../../../server/net/socket-refused.ts';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { createFakeDhcpSocket, type FakeDhcpSocket } from '../../support/fake-dhcp-socket.ts';
import { createKeptLog } from '../../support/kept-log.ts';
import { must } from '../../support/must.ts';

const addressed = (text: string) => [{ address: must(parseIpv4(text), text), prefix: 24 }];
const nic = (name: string, index: number): MachineInterface => ({
  name,
  index,
  up: true,
  mtu: 1500,
  addresses: [],
});
const want = (name: string, address = '10.0.0.1') => ({ name, addresses: addressed(address) });

/** A machine with eth0 and eth1 on fake sockets; every opening is noted, and some refused. */
function createMachine() {
  const openings: string[] = [];
  const sockets = new Map<string, FakeDhcpSocket>();
  const refused = new Set<string>();
  const machine: MachineInterface[] = [nic('eth0', 2), nic('eth1', 3)];
  const heard: unknown[] = [];
  const log = createKeptLog();
  const opener: DhcpSocketOpener = {
    plan: (wanted, interfaces, port) =>
      planSockets({ wanted, machine: interfaces, port, handedIn: [], noDeviceSockets: undefined }),
    open: async ({ interfaceName, interfaceIndex }, port, handlers) => {
      openings.push(`${interfaceName} ${interfaceIndex} ${port}`);
      if (refused.has(interfaceName))
        throw systemRefusal({ step: 'bind', code: 'EADDRINUSE', interfaceName, port });
      const socket = createFakeDhcpSocket();
      sockets.set(interfaceName, socket);
      return socket.open(handlers);
    },
  };
  const handle = async (_bytes: Buffer, reception: unknown) => {
    heard.push(reception);
    return undefined;
  };
  const interfaces = createDhcpInterfaces({
    opener,
    listInterfaces: () => machine,
    service: { handle, log },
  });
  const socketOf = (name: string) => must(sockets.get(name), name);
  return { interfaces, openings, refused, machine, heard, log, socketOf };
}

const states = (status: readonly { readonly name: string; readonly state: string }[]) =>
  status.map(({ name, state }) => `${name} ${state}`);

describe('reconcile', () => {
  it('starts what is missing, stops what is gone and leaves the rest alone', async () => {
    const { interfaces, openings, socketOf } = createMachine();
    expect(states(await interfaces.reconcile([want('eth0')]))).toEqual(['eth0 listening']);
    expect(states(await interfaces.reconcile([want('eth1'), want('eth0')]))).toEqual([
      'eth1 listening',
      'eth0 listening',
    ]);
    expect(states(await interfaces.reconcile([want('eth1')]))).toEqual(['eth1 listening']);
    expect(openings).toEqual(['eth0 2 67', 'eth1 3 67']);
    expect([socketOf('eth0').closed, socketOf('eth1').closed]).toEqual([true, false]);
  });

  it('reports a refusal with its remedy beside what works, and tries again', async () => {
    const { interfaces, refused, log } = createMachine();
    refused.add('eth0');
    const wanted = [want('eth0'), want('eth1'), want('eth9')];
    const first = await interfaces.reconcile(wanted);
    expect(states(first)).toEqual(['eth0 refused', 'eth1 listening', 'eth9 refused']);
    expect(first[0]).toMatchObject({ code: 'EADDRINUSE', remedy: expect.stringContaining('ss -ulpn') });
    expect(first[2]).toMatchObject({ code: 'ENODEV', remedy: 'This machine has: eth0, eth1.' });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    refused.clear();
    expect(states(await interfaces.reconcile(wanted))).toEqual([
      'eth0 listening',
      'eth1 listening',
      'eth9 refused',
    ]);
  });

  it('opens anew for an interface that was made again, and keeps its counts', async () => {
    const { interfaces, openings, machine, socketOf } = createMachine();
    await interfaces.reconcile([want('eth0')]);
    socketOf('eth0').receive(Buffer.from('request'));
    machine[0] = nic('eth0', 12);
    const old = socketOf('eth0');
    const [status] = await interfaces.reconcile([want('eth0')]);
    expect(old.closed).toBe(true);
    expect(openings).toEqual(['eth0 2 67', 'eth0 12 67']);
    expect(status).toMatchObject({ state: 'listening', counters: { received: 1, silent: 1 } });
  });

  it('stops for an interface that vanished, and says so', async () => {
    const { interfaces, machine, socketOf } = createMachine();
    await interfaces.reconcile([want('eth0')]);
    machine.shift();
    expect(await interfaces.reconcile([want('eth0')])).toMatchObject([{ state: 'refused', code: 'ENODEV' }]);
    expect(socketOf('eth0').closed).toBe(true);
  });

  it('takes new addresses without touching the socket', async () => {
    const { interfaces, openings, heard, socketOf } = createMachine();
    await interfaces.reconcile([want('eth0', '10.0.0.1')]);
    await interfaces.reconcile([want('eth0', '10.0.0.2')]);
    socketOf('eth0').receive(Buffer.from('request'));
    expect(openings).toHaveLength(1);
    expect(heard).toMatchObject([{ serverAddresses: addressed('10.0.0.2') }]);
  });

  it('runs calls one after the other: the last one wins', async () => {
    const { interfaces, socketOf } = createMachine();
    await Promise.all([
      interfaces.reconcile([want('eth0')]),
      interfaces.reconcile([want('eth1')]),
      interfaces.reconcile([want('eth0'), want('eth1')]),
      interfaces.stop(),
      interfaces.reconcile([want('eth1')]),
    ]);
    expect(states(interfaces.status())).toEqual(['eth1 listening']);
    expect(socketOf('eth0').closed).toBe(true);
    await interfaces.stop();
    expect(interfaces.status()).toEqual([]);
    expect(socketOf('eth1').closed).toBe(true);
  });
});
