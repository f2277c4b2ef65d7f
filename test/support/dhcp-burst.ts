import { createSocket } from 'node:dgram';
import { parseMac } from '../../src/domain/network/mac.ts';
import { discoverBytes } from './canned-dhcp.ts';
import { must } from './must.ts';

// Many DISCOVERs in one instant from a client's namespace, and what came back to the kernel's own UDP socket.

export interface BurstOptions {
  /** An address of the client, in text. */
  readonly address: string;
  readonly to: string;
  readonly count: number;
  /** The hardware address in the first packet; each further one counts it up by one. */
  readonly firstMac: string;
}

export type BurstEvent =
  | { readonly event: 'sent'; readonly count: number }
  | { readonly event: 'reply'; readonly from: string; readonly port: number; readonly bytes: number };

const say = (event: BurstEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);

const { address, to, count, firstMac } = JSON.parse(process.argv[2] ?? '') as BurstOptions;
const first = Number.parseInt(firstMac.replaceAll(':', ''), 16);
const socket = createSocket('udp4');
socket.on('message', (bytes, from) =>
  say({ event: 'reply', from: from.address, port: from.port, bytes: bytes.length }),
);
// Bound to an address, not to 0.0.0.0: 255.255.255.255 then leaves by the interface that has it.
socket.bind({ address, port: 68 }, async () => {
  socket.setBroadcast(true);
  const sends = Array.from({ length: count }, (_, n) => {
    const mac = must(parseMac((first + n).toString(16).padStart(12, '0')), 'a MAC');
    return new Promise<void>((resolve, reject) => {
      socket.send(discoverBytes(mac, n), 67, to, (error) => (error ? reject(error) : resolve()));
    });
  });
  await Promise.all(sends);
  say({ event: 'sent', count });
});
// The test closes the input when it has seen enough.
process.stdin.resume();
process.stdin.on('end', () => socket.close());
