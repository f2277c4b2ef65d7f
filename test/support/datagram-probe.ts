import { createSocket, type Socket } from 'node:dgram';
import { createInterface } from 'node:readline';

// Sends datagrams as they are given from inside a namespace, and says everything that comes back to its ports.

/** One datagram to send from 0.0.0.0:`local`, which is listened on from then on. */
export interface DatagramCommand {
  readonly local: number;
  readonly to: string;
  readonly port: number;
  readonly hex: string;
}

/** One datagram that came to `local`. */
export interface DatagramEvent {
  readonly local: number;
  readonly from: string;
  readonly port: number;
  readonly hex: string;
}

const sockets = new Map<number, Promise<Socket>>();

function socketOn(local: number): Promise<Socket> {
  const known = sockets.get(local);
  if (known !== undefined) return known;
  const opened = new Promise<Socket>((resolve) => {
    const socket = createSocket('udp4');
    socket.on('message', (bytes, { address: from, port }) => {
      const event: DatagramEvent = { local, from, port, hex: bytes.toString('hex') };
      process.stdout.write(`${JSON.stringify(event)}\n`);
    });
    socket.bind(local, () => {
      socket.setBroadcast(true);
      resolve(socket);
    });
  });
  sockets.set(local, opened);
  return opened;
}

const input = createInterface({ input: process.stdin });
input.on('line', async (line) => {
  const { local, to, port, hex } = JSON.parse(line) as DatagramCommand;
  (await socketOn(local)).send(Buffer.from(hex, 'hex'), port, to);
});
input.on('close', async () => {
  for (const socket of sockets.values()) (await socket).close();
});
