import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTftpAddresses } from '../../../server/tftp/addresses.ts';
import { decodePacket, encodePacket } from '../../../src/tftp/packet.ts';
import { FakeDatagrams } from '../../support/fake-datagram.ts';

const CLIENT = { address: '10.0.0.11', port: 2070 };
const ASK = {
  type: 'rrq',
  name: 'file',
  mode: 'octet',
  options: [{ name: 'blksize', value: '9000' }],
} as const;

function bench() {
  const net = new FakeDatagrams();
  const addresses = createTftpAddresses({
    port: 69,
    find: async (name) => ({ name, bytes: Buffer.alloc(20_000) }),
    macOf: () => undefined,
    onEvent: () => {},
    log: { debug: () => {}, error: (_fields, message) => expect.unreachable(message) },
    bind: net.bind,
  });
  /** The block that an address agrees to when it is asked for one of 9,000 bytes. */
  const agreedBlock = async (address: string) => {
    net.deliver(encodePacket(ASK), CLIENT, { address, port: 69 });
    await nextTurn();
    return net.takeSent().map(({ bytes }) => {
      const packet = decodePacket(bytes);
      return packet.type === 'oack' ? packet.options[0]?.value : packet.type;
    });
  };
  return { net, addresses, agreedBlock };
}

it('each address keeps blocks within the MTU of its interface', async () => {
  const { addresses, agreedBlock } = bench();
  await addresses.reconcile([
    { address: '10.0.0.1', mtuBytes: 1500 },
    { address: '10.1.0.1', mtuBytes: 1400 },
  ]);
  expect(await agreedBlock('10.0.0.1')).toEqual(['1468']);
  expect(await agreedBlock('10.1.0.1')).toEqual(['1368']);
  await addresses.stop();
});

it('an address whose MTU changes listens anew, one that is gone no longer, the others undisturbed', async () => {
  const { net, addresses, agreedBlock } = bench();
  const same = { address: '10.0.0.1', mtuBytes: 1500 };
  const listening = () => net.ports.filter((port) => port.endsWith(':69')).sort();
  await addresses.reconcile([same, { address: '10.1.0.1', mtuBytes: 1500 }]);
  expect(listening()).toEqual(['10.0.0.1:69', '10.1.0.1:69']);
  await addresses.reconcile([same, { address: '10.1.0.1', mtuBytes: 1400 }]);
  expect(await agreedBlock('10.1.0.1')).toEqual(['1368']);
  await addresses.reconcile([same]);
  expect(listening()).toEqual(['10.0.0.1:69']);
  await addresses.stop();
});
