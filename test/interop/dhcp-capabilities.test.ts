import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runUdhcpc, startResponder } from '../support/dhcp-namespaces.ts';
import { BOTH, describeInNetwork } from '../support/dhcp-network.ts';
import { startProvisiond } from '../support/running-provisiond.ts';

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

const BOTH_CAPABILITIES = '-all,+net_bind_service,+net_raw';
const TWO_CAPABILITIES = [
  ...NOBODY,
  `--inh-caps=${BOTH_CAPABILITIES}`,
  `--ambient-caps=${BOTH_CAPABILITIES}`,
  `--bounding-set=${BOTH_CAPABILITIES}`,
  '--no-new-privs',
];

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

  it('runs whole as an ordinary user with CAP_NET_BIND_SERVICE and CAP_NET_RAW: all ports, and both probes', async () => {
    network.spaces.ip('client0', 'address', 'add', '10.67.0.105/24', 'dev', 'eth0');
    const runAs = { uid: 65_534, command: TWO_CAPABILITIES };
    const server = await startProvisiond(network.spaces, 'server', { runAs });
    try {
      await server.must('POST', '/api/v1/subnets', {
        name: 'lab',
        network: '10.67.0.0/24',
        dhcp: 'authoritative',
        ranges: [{ from: '10.67.0.105', to: '10.67.0.106' }],
      });
      const found = await server.logs((line) => line['stage'] === 'address-in-use');
      expect(found).toMatchObject({ mac: network.macOf('client0') });
      expect(server.said()).not.toContain('cannot look for');
      const { listeners } = await server.must('GET', '/api/v1/status');
      const places = listeners.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
      expect(places).toEqual(
        expect.arrayContaining([
          'boot http listening',
          'tftp listening',
          'dhcp lan0 listening',
          'pxe lan0 listening',
        ]),
      );
      expect((await runUdhcpc(network.spaces, 'client0')).code).toBe(0);
      expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/^CapEff:\t0000000000002400$/m);
    } finally {
      await server.stop();
    }
  });
});
