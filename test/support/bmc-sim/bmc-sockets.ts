import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type BmcSetup, SimulatedBmc } from './simulated-bmc.ts';

/** A simulated BMC on a UDP port of the loopback interface. */
export interface BmcOnSocket {
  readonly bmc: SimulatedBmc;
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
}

export interface BmcPlace {
  readonly address?: string;
  /** 0, which is the default: one that is free. */
  readonly port?: number;
}

/** Throws where the port is taken. */
export async function startBmc(setup: BmcSetup = {}, place: BmcPlace = {}): Promise<BmcOnSocket> {
  const { address = '127.0.0.1', port = 0 } = place;
  const bmc = new SimulatedBmc(setup);
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    bmc.receive(bytes, `${from.address}:${from.port}`, (answer) =>
      // Whoever asked may be gone: its port then refuses, which is nobody's concern.
      socket.send(answer, from.port, from.address, () => {}),
    );
  });
  await bind(socket, port, address);
  return {
    bmc,
    address,
    port: socket.address().port,
    async stop() {
      bmc.stop();
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function bind(socket: Socket, port: number, address: string): Promise<void> {
  const bound = once(socket, 'listening');
  socket.bind({ port, address });
  await bound;
}
