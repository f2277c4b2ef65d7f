// node first-offer-program.js OPTIONS: asks a server every few milliseconds and prints when it answered for the first time.
import { createSocket } from 'node:dgram';
import { parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { must } from '../support/must.ts';
import { pxePackets, readPxeReply } from '../support/pxe-machines.ts';

export interface FirstOfferOptions {
  /** The relay's own address, and the server's. */
  readonly relay: string;
  readonly server: string;
  /** The machine that asks, as a number of 48 bits. */
  readonly mac: number;
}

export type FirstOfferEvent =
  | { readonly event: 'asking' }
  /** `atMs` is the time of day, which the processes of one machine share. */
  | { readonly event: 'offer'; readonly atMs: number };

const EVERY_MS = 5;

const { relay, server, mac } = JSON.parse(process.argv[2] ?? '') as FirstOfferOptions;
const discover = pxePackets(must(parseIpv4(relay), 'the relay')).discover(mac, 1);
const say = (event: FirstOfferEvent): void => console.log(JSON.stringify(event));
const socket = createSocket('udp4');
socket.on('message', (bytes) => {
  if (readPxeReply(bytes)?.type !== 'offer') return;
  say({ event: 'offer', atMs: Date.now() });
  process.exit(0);
});
socket.bind({ address: relay, port: 67 }, () => {
  setInterval(() => socket.send(discover, 67, server), EVERY_MS);
  say({ event: 'asking' });
});
