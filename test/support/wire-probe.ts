import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

// Sends bytes as they are given from inside a namespace, and says what came back: for requests that no client makes.

/** Text is latin1: one character a byte. */
export interface ProbeCommand {
  readonly id: number;
  readonly protocol: 'tcp' | 'udp';
  /** Own address to send from. */
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly text: string;
}

/** Everything until the server closed the connection, or the first datagram. */
export interface ProbeEvent {
  readonly id: number;
  readonly answer: string;
}

const say = (event: ProbeEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);

function overTcp({ id, from, host, port, text }: ProbeCommand): void {
  const chunks: Buffer[] = [];
  const socket = connect({ host, port, localAddress: from });
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A server that has refused resets the connection when more is on its way: what it said before counts.
  socket.on('error', () => {});
  socket.on('close', () => say({ id, answer: Buffer.concat(chunks).toString('latin1') }));
  socket.write(Buffer.from(text, 'latin1'));
}

function overUdp({ id, from, host, port, text }: ProbeCommand): void {
  const socket = createSocket('udp4');
  socket.once('message', (bytes) => {
    socket.close();
    say({ id, answer: bytes.toString('latin1') });
  });
  socket.bind({ address: from }, () => socket.send(Buffer.from(text, 'latin1'), port, host));
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line) as ProbeCommand;
  if (command.protocol === 'tcp') overTcp(command);
  else overUdp(command);
});
