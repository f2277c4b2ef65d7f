import { expect, it } from 'vitest';
import { sendReply } from '../../../server/dhcp/reply.ts';
import { encodePacket } from '../../../src/dhcp/packet.ts';
import { formatIpv4 } from '../../../src/domain/network/ipv4.ts';
import { ip, options, packetOf } from '../../support/dhcp-packets.ts';
import { createFakeDhcpSocket } from '../../support/fake-dhcp-socket.ts';

const ADDRESSES = ['10.67.0.1', '10.68.0.1'].map((text) => ({ address: ip(text), prefix: 24 }));
const reply = (sent: Record<number, string>) => encodePacket(packetOf({ op: 2, options: options(sent) }));
const SECOND = reply({ 53: '02', 54: '0a440001', 51: '00000e10' });

/** From where a broadcast left: `kernel` where it was left to that. */
async function sourceOf(
  bytes: Buffer,
  addresses = ADDRESSES,
  packet: 'sends' | 'refuses' | 'none' = 'sends',
) {
  const results = {
    sends: { ok: true, value: 1 },
    refuses: { ok: false, code: 'ENETDOWN' },
    none: undefined,
  } as const;
  const fake = createFakeDhcpSocket(results[packet]);
  const socket = await fake.open({ message: () => {}, error: () => {} });
  let done = 0;
  sendReply(socket, { bytes, destination: { kind: 'broadcast', port: 68 } }, addresses, () => {
    done += 1;
  });
  expect(done).toBe(1);
  expect(fake.sent.length + fake.framed.length).toBe(1);
  const [framed] = fake.framed;
  if (framed === undefined) return 'kernel';
  expect([framed.mac, formatIpv4(framed.frame.destination.address)]).toEqual([
    'ff:ff:ff:ff:ff:ff',
    '255.255.255.255',
  ]);
  return `${formatIpv4(framed.frame.source.address)}:${framed.frame.source.port}`;
}

it('a broadcast leaves from the address that the reply names, if that is not the first of the interface', async () => {
  expect(await sourceOf(SECOND)).toBe('10.68.0.1:67');
});

it.each([
  { name: 'the first address is named', bytes: reply({ 53: '02', 54: '0a430001' }) },
  {
    name: 'an address that the interface does not have is named',
    bytes: reply({ 53: '02', 54: '0a630001' }),
  },
  { name: 'a BOOTP reply names none', bytes: reply({ 51: '0a440001' }) },
  { name: 'there is one address', bytes: SECOND, addresses: ADDRESSES.slice(1) },
  { name: 'there is no packet socket', bytes: SECOND, packet: 'none' },
  { name: 'the packet socket refuses', bytes: SECOND, packet: 'refuses' },
] as const)(
  'is left to the kernel: $name',
  async ({
    bytes,
    addresses,
    packet,
  }: {
    bytes: Buffer;
    addresses?: typeof ADDRESSES;
    packet?: 'none' | 'refuses';
  }) => {
    expect(await sourceOf(bytes, addresses, packet)).toBe('kernel');
  },
);
