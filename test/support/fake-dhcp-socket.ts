import type { DhcpSocket } from '../../server/net/dhcp-socket.ts';
import type { CallResult } from '../../server/net/libc.ts';
import type { UdpFrame } from '../../server/net/udp-frame.ts';
import type { UdpAddress, UdpHandlers } from '../../server/net/udp-socket.ts';
import { ipv4FromNumber } from '../../src/domain/network/ipv4.ts';
import type { Mac } from '../../src/domain/network/mac.ts';
import { must } from './must.ts';

/** A DHCP socket without a network: what is sent is kept, and the test says what arrives. */
export interface FakeDhcpSocket {
  open(handlers: UdpHandlers): Promise<DhcpSocket>;
  /** Throws what the socket's callback would throw: into the process, in real life. */
  receive(bytes: Buffer, source?: UdpAddress): void;
  fail(error: Error): void;
  readonly sent: { readonly bytes: Buffer; readonly to: UdpAddress }[];
  readonly framed: { readonly mac: Mac; readonly frame: UdpFrame }[];
  /** Set to make sends fail. */
  sendError: Error | undefined;
  closed: boolean;
}

/** `packet` is what the packet socket does with a frame; undefined for no packet socket. */
export function createFakeDhcpSocket(packet?: CallResult): FakeDhcpSocket {
  let handlers: UdpHandlers | undefined;
  const opened = () => must(handlers, 'an open socket');
  const fake: FakeDhcpSocket = {
    sent: [],
    framed: [],
    sendError: undefined,
    closed: false,
    receive: (bytes, source = { address: ipv4FromNumber(0), port: 68 }) => opened().message(bytes, source),
    fail: (error) => opened().error(error),
    open: async (given) => {
      handlers = given;
      return {
        kind: 'device',
        notes: [],
        udp: {
          local: { address: ipv4FromNumber(0), port: 67 },
          receiveBufferBytes: 4_194_304,
          send: (bytes, to, done) => {
            const error = fake.closed ? new Error('the socket is closed') : fake.sendError;
            if (error === undefined) fake.sent.push({ bytes, to: { address: to.address, port: to.port } });
            done(error);
          },
          close: async () => {
            fake.closed = true;
          },
        },
        packet:
          packet === undefined
            ? { available: false, reason: 'CAP_NET_RAW is missing', remedy: 'Grant it.' }
            : {
                available: true,
                send: (mac, frame) => {
                  if (packet.ok) fake.framed.push({ mac, frame });
                  return packet;
                },
                close: () => undefined,
              },
      };
    },
  };
  return fake;
}
