import { expect, it } from 'vitest';
import type { BurstEvent } from '../support/dhcp-burst.ts';
import { runUdhcpc, startBurst, startResponder } from '../support/dhcp-namespaces.ts';
import { BOTH, describeInNetwork, heardOn } from '../support/dhcp-network.ts';

const isReply = (event: BurstEvent): event is BurstEvent & { event: 'reply' } => event.event === 'reply';

describeInNetwork('DHCP sockets', 'sockets', (network) => {
  it('serves two interfaces at once, each hearing only its own broadcasts', async () => {
    const responder = await network.start({ interfaces: BOTH, reply: 'broadcast' });
    const [first, second] = await Promise.all([
      runUdhcpc(network.spaces, 'client0'),
      runUdhcpc(network.spaces, 'client1'),
    ]);
    expect(first.stderr).toContain('lease of 10.67.0.101 obtained');
    expect(second.stderr).toContain('lease of 10.67.1.101 obtained');
    expect((await heardOn(responder)).sort()).toEqual([
      `lan0 ${network.macOf('client0')}`,
      `lan1 ${network.macOf('client1')}`,
    ]);
    expect(await responder.status()).toMatchObject(
      BOTH.map((name) => ({
        name,
        state: 'listening',
        socket: 'device',
        receiveBufferBytes: 4_194_304,
        unicastBeforeArp: true,
        notes: [],
        counters: { received: 2, replied: 2, broadcastInstead: 0 },
      })),
    );
  });

  it('hears nothing of an interface that is not wanted, and serves it once it is', async () => {
    const responder = await network.start({ interfaces: ['lan0'], reply: 'broadcast' });
    const refused = await runUdhcpc(network.spaces, 'client1', ['-t', '1', '-T', '1']);
    expect(refused.code).toBe(1);
    expect(await responder.packets()).toEqual([]);
    await responder.reconcile(BOTH);
    expect((await runUdhcpc(network.spaces, 'client1')).stderr).toContain('lease of 10.67.1.101');
    const [left] = await responder.reconcile(['lan1']);
    expect(left).toMatchObject({ name: 'lan1', state: 'listening' });
    expect((await runUdhcpc(network.spaces, 'client0', ['-t', '1', '-T', '1'])).code).toBe(1);
  });

  it('reaches a client without an address by unicast, without asking ARP', async () => {
    const responder = await network.start({ interfaces: BOTH, reply: 'unicast-before-arp' });
    const filter = ['arp or (udp and src port 67)'];
    const capture = network.spaces.spawn('client0', ['tcpdump', '-i', 'eth0', '-c', '2', '-nel', ...filter]);
    await new Promise<void>((resolve) => {
      capture.stderr?.on('data', (text: Buffer) => {
        if (String(text).includes('listening on eth0')) resolve();
      });
    });
    let captured = '';
    capture.stdout?.on('data', (text: Buffer) => {
      captured += text;
    });
    const ended = new Promise((resolve) => capture.once('close', resolve));
    const client = await runUdhcpc(network.spaces, 'client0');
    await ended;
    expect(client.stderr).toContain('lease of 10.67.0.101 obtained');
    const [lan0] = JSON.parse(network.spaces.ip('server', '-json', 'link', 'show', 'dev', 'lan0'));
    const frames = captured.trim().split('\n');
    expect(frames).toHaveLength(2);
    for (const line of frames)
      expect(line).toMatch(
        new RegExp(`${lan0.address} > ${network.macOf('client0')}, .* 10.67.0.1.67 > 10.67.0.101.68`),
      );
    expect(network.spaces.ip('server', 'neighbour', 'show', '10.67.0.101')).toBe('');
    const [status] = await responder.status();
    expect(status?.counters).toMatchObject({ replied: 2, broadcastInstead: 0, sendFailed: 0 });
  });

  it('makes frames whose checksums a kernel accepts', async () => {
    const responder = await network.start({ interfaces: ['lan0'], reply: 'unicast-before-arp' });
    network.spaces.ip('client0', 'address', 'add', '10.67.0.101/24', 'dev', 'eth0');
    const burst = startBurst(network.spaces, 'client0', {
      address: '10.67.0.101',
      to: '255.255.255.255',
      count: 1,
      firstMac: network.macOf('client0'),
    });
    expect(await burst.find(isReply)).toMatchObject({ from: '10.67.0.1', port: 67, bytes: 300 });
    expect(await responder.packets()).toMatchObject([{ interfaceName: 'lan0', port: 68 }]);
  });

  it('refuses to share an interface with another DHCP server', async () => {
    await network.start({ interfaces: ['lan0'], reply: 'broadcast' });
    const second = startResponder(network.spaces, { interfaces: BOTH, reply: 'broadcast' });
    expect(await second.started()).toMatchObject([
      {
        name: 'lan0',
        state: 'refused',
        code: 'EADDRINUSE',
        remedy: expect.stringContaining("'sport = :67'"),
      },
      { name: 'lan1', state: 'listening' },
    ]);
  });

  it('opens anew for an interface that was removed and made again', async () => {
    const responder = await network.start({ interfaces: ['lan0'], reply: 'broadcast' });
    network.spaces.ip('server', 'link', 'delete', 'lan0');
    expect(await responder.reconcile(['lan0'])).toMatchObject([{ state: 'refused', code: 'ENODEV' }]);
    network.spaces.plug({ ends: ['server:lan0', 'client0:eth0'] });
    network.spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
    expect(await responder.reconcile(['lan0'])).toMatchObject([{ state: 'listening' }]);
    expect((await runUdhcpc(network.spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
  });

  it('starts on an interface without a link, and serves once it is there', async () => {
    network.spaces.ip('client0', 'link', 'set', 'eth0', 'down');
    const responder = await network.start({ interfaces: ['lan0'], reply: 'broadcast' });
    expect(await responder.status()).toMatchObject([{ name: 'lan0', state: 'listening' }]);
    network.spaces.ip('client0', 'link', 'set', 'eth0', 'up');
    expect((await runUdhcpc(network.spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
  });
});
