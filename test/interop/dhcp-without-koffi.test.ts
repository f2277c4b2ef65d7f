import { expect, it } from 'vitest';
import { runUdhcpc, startResponder } from '../support/dhcp-namespaces.ts';
import { BOTH, describeInNetwork } from '../support/dhcp-network.ts';

describeInNetwork('DHCP sockets without the optional package', 'plain', (network) => {
  const PLAIN = { reply: 'unicast-before-arp', withoutKoffi: true } as const;

  it('refuses two interfaces and says what would help', async () => {
    const responder = startResponder(network.spaces, { interfaces: BOTH, ...PLAIN });
    const refused = { state: 'refused', code: 'NO_FFI', remedy: expect.stringContaining('koffi') };
    expect(await responder.started()).toMatchObject([refused, refused]);
  });

  it('serves the only interface by broadcast', async () => {
    network.spaces.ip('server', 'link', 'delete', 'lan1');
    const responder = await network.start({ interfaces: ['lan0'], ...PLAIN });
    expect((await runUdhcpc(network.spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
    expect(await responder.status()).toMatchObject([
      {
        socket: 'only-interface',
        unicastBeforeArp: false,
        counters: { received: 2, broadcastInstead: 2 },
      },
    ]);
  });

  it('notices another server on the port', async () => {
    network.spaces.ip('server', 'link', 'delete', 'lan1');
    await network.start({ interfaces: ['lan0'], reply: 'broadcast' });
    const second = startResponder(network.spaces, { interfaces: ['lan0'], ...PLAIN });
    expect(await second.started()).toMatchObject([{ state: 'refused', code: 'EADDRINUSE' }]);
  });
});
