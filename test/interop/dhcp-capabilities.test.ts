import { expect, it } from 'vitest';
import { runUdhcpc, startResponder } from '../support/dhcp-namespaces.ts';
import { BOTH, describeInNetwork } from '../support/dhcp-network.ts';

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

describeInNetwork('capabilities of the DHCP sockets', 'caps', (network) => {
  it('broadcasts without CAP_NET_RAW, and says so', async () => {
    const options = { interfaces: BOTH, reply: 'unicast-before-arp' } as const;
    const responder = await network.start(options, [
      'setpriv',
      '--bounding-set=-net_raw',
      '--inh-caps=-net_raw',
    ]);
    expect((await runUdhcpc(network.spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
    const [status] = await responder.status();
    expect(status).toMatchObject({
      socket: 'device',
      unicastBeforeArp: false,
      notes: [expect.stringMatching(/EPERM.*CAP_NET_RAW/)],
      counters: { replied: 2, broadcastInstead: 2 },
    });
    expect(responder.logged()).toContain('DHCP reply broadcast: unicast before ARP is not possible');
  });

  it('serves as an ordinary user with CAP_NET_BIND_SERVICE alone', async () => {
    const wrapper = [...NOBODY, '--inh-caps=-all,+net_bind_service', '--ambient-caps=-all,+net_bind_service'];
    const responder = await network.start({ interfaces: BOTH, reply: 'unicast-before-arp' }, wrapper);
    const clients = await Promise.all([
      runUdhcpc(network.spaces, 'client0'),
      runUdhcpc(network.spaces, 'client1'),
    ]);
    expect(clients.map(({ code }) => code)).toEqual([0, 0]);
    expect(await responder.status()).toMatchObject(
      BOTH.map((name) => ({ name, state: 'listening', socket: 'device', unicastBeforeArp: false })),
    );
  });

  it('names the capability that an ordinary user lacks', async () => {
    const responder = startResponder(network.spaces, { interfaces: ['lan0'], reply: 'broadcast' }, [
      ...NOBODY,
      '--inh-caps=-all',
    ]);
    expect(await responder.started()).toMatchObject([
      {
        name: 'lan0',
        state: 'refused',
        code: 'EACCES',
        remedy: expect.stringContaining('AmbientCapabilities=CAP_NET_BIND_SERVICE'),
      },
    ]);
  });
});
