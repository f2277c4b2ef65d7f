import { expect, it } from 'vitest';
import { describeInNetwork } from '../support/dhcp-network.ts';
import { fixtureFrom, startDhcpTalker } from '../support/dhcp-talk.ts';
import { startProvisiond } from '../support/running-provisiond.ts';

describeInNetwork('an interface with two addresses', 'wire-two', (network) => {
  it('broadcasts from the one that the machine is to know the server by', async () => {
    const { spaces } = network;
    spaces.ip('server', 'address', 'add', '10.68.0.1/24', 'dev', 'lan0');
    spaces.ip('client0', 'route', 'add', 'default', 'dev', 'eth0');
    const server = await startProvisiond(spaces, 'server');
    try {
      await server.must('POST', '/api/v1/subnets', {
        name: 'second',
        network: '10.68.0.0/24',
        dhcp: 'authoritative',
        ranges: [{ from: '10.68.0.100', to: '10.68.0.109' }],
      });
      const client = startDhcpTalker(spaces, 'client0');
      client.say(fixtureFrom('f02-ovmf-pxe-discover', '52:54:00:00:00:01', 1));
      const { packet, fromPort } = await client.answer(1, '10.68.0.1');
      expect([fromPort, packet.options.get(54)]).toEqual([67, Buffer.of(10, 68, 0, 1)]);
      expect(client.heard(1)).toHaveLength(1);
      await client.end();
    } finally {
      await server.stop();
    }
  });
});
