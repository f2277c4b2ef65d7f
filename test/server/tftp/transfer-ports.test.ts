import { expect, test } from 'vitest';
import { plainPeers } from '../../../server/net/peer-socket.ts';
import { TransferPorts } from '../../../server/tftp/transfer-ports.ts';
import { FakeDatagrams } from '../../support/fake-datagram.ts';

const handlers = { message: () => {}, failure: () => {} };
const client = (host: number, port = 2070) => ({ address: `10.0.0.${host}`, port });

function bench() {
  const net = new FakeDatagrams();
  const bind = plainPeers(net.bind);
  const options = { address: '10.0.0.1', onStranger: () => {}, onError: () => {} };
  return { net, ports: new TransferPorts(() => bind(options)) };
}

test('four ports are shared by all transfers, each goes with its last one', async () => {
  const { net, ports } = bench();
  const taken = await Promise.all(
    Array.from({ length: 100 }, (_, host) => ports.take(client(host), handlers)),
  );
  expect(net.ports).toHaveLength(4);
  for (const port of taken.slice(0, 96)) await port.release();
  expect(net.ports).toHaveLength(4);
  for (const port of taken.slice(96)) await port.release();
  expect(net.ports).toEqual([]);
});

test('no client port meets the same port of ours twice', async () => {
  const { net, ports } = bench();
  for (let host = 0; host < 4; host += 1) await ports.take(client(host), handlers);
  const first = await ports.take(client(9), handlers);
  await first.release();
  first.peer.send(Buffer.from('late'));
  const ours = [net.takeSent()[0]?.from.port];
  for (let again = 0; again < 5; again += 1) {
    const port = await ports.take(client(9), handlers);
    port.peer.send(Buffer.alloc(1));
    ours.push(net.takeSent()[0]?.from.port);
    await port.release();
  }
  expect(new Set(ours).size).toBe(ours.length);
});

test('a port that met 1,024 clients takes no more and ends with them', async () => {
  const { net, ports } = bench();
  const held = await Promise.all(Array.from({ length: 4 }, (_, host) => ports.take(client(host), handlers)));
  for (let port = 0; port < 4 * 1_024; port += 1)
    await ports.take(client(50, port), handlers).then((one) => one.release());
  expect(net.ports).toHaveLength(4);
  await ports.take(client(51), handlers);
  expect(net.ports).toHaveLength(5);
  for (const one of held) await one.release();
  expect(net.ports).toHaveLength(1);
});

test('a port that cannot be had is tried again by the next transfer', async () => {
  const { net, ports } = bench();
  net.bindRefusal = 'EMFILE';
  await expect(ports.take(client(1), handlers)).rejects.toMatchObject({ code: 'EMFILE' });
  net.bindRefusal = undefined;
  await ports.take(client(1), handlers);
  expect(net.ports).toHaveLength(1);
});
