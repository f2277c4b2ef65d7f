import { blockLimitForMtu } from '../../src/tftp/negotiate.ts';
import type { ListenerStatus } from '../http/api-services.ts';
import { PortRefused } from '../listeners/listener.ts';
import { listening, refusedStatus } from '../listeners/listener-status.ts';
import type { BindUdp } from '../net/datagram.ts';
import type { BindPeers } from '../net/peer-socket.ts';
import type { TftpEvent } from './events.ts';
import { createTftpListener, type TftpListener, type TftpLog } from './listener.ts';
import type { TftpFind } from './lookup.ts';

/** One of the machine's addresses, and the MTU of the interface that has it, in bytes. */
export interface TftpAddress {
  readonly address: string;
  readonly mtuBytes: number;
}

export interface TftpAddressesDeps {
  readonly port: number;
  readonly find: TftpFind;
  /** The machine that has an address by record or lease. */
  readonly macOf: (address: string) => string | undefined;
  readonly onEvent: (event: TftpEvent) => void;
  readonly log: TftpLog;
  /** Largest file to serve, in bytes; default 32 MB. */
  readonly fileBytes?: number;
  /** How sockets are bound, default real ones. */
  readonly bind?: BindUdp;
  /** How the ports of transfers are bound, default plain ones. */
  readonly bindPeers?: BindPeers;
}

/**
 * One TFTP listener for each of the machine's addresses: answers must leave from the address that was asked, and with
 * one socket on 0.0.0.0 the routing table would choose another on a machine with several.
 */
export interface TftpAddresses {
  /** Starts what is missing, was refused or has another MTU now; stops what is gone. Never rejects for a refused port. */
  reconcile(addresses: readonly TftpAddress[]): Promise<void>;
  status(): ListenerStatus[];
  stop(): Promise<void>;
}

export function createTftpAddresses(deps: TftpAddressesDeps): TftpAddresses {
  const { port, find, macOf, onEvent, log, fileBytes, bind, bindPeers } = deps;
  const running = new Map<string, { readonly listener: TftpListener; readonly mtuBytes: number }>();
  const refused = new Map<string, PortRefused>();

  const startOne = async ({ address, mtuBytes }: TftpAddress): Promise<void> => {
    const listener = createTftpListener({
      listen: { address, port },
      find,
      macOf,
      onEvent,
      log,
      now: () => performance.now(),
      limits: { blockBytes: blockLimitForMtu(mtuBytes), ...(fileBytes === undefined ? {} : { fileBytes }) },
      ...(bind === undefined ? {} : { bind }),
      ...(bindPeers === undefined ? {} : { bindPeers }),
    });
    try {
      await listener.start();
      running.set(address, { listener, mtuBytes });
      refused.delete(address);
    } catch (error) {
      if (!(error instanceof PortRefused)) throw error;
      refused.set(address, error);
    }
  };
  return {
    async reconcile(addresses) {
      const wanted = new Map(addresses.map((item) => [item.address, item]));
      for (const [address, { listener, mtuBytes }] of running) {
        if (wanted.get(address)?.mtuBytes === mtuBytes) continue;
        running.delete(address);
        await listener.stop();
      }
      for (const address of [...refused.keys()]) if (!wanted.has(address)) refused.delete(address);
      for (const item of wanted.values()) if (!running.has(item.address)) await startOne(item);
    },
    status() {
      const up = [...running.keys()].map((address) => listening('tftp', `udp ${address}:${port}`));
      const down = [...refused.values()].map((refusal) => refusedStatus('tftp', refusal));
      return [...up, ...down];
    },
    async stop() {
      await Promise.all([...running.values()].map(({ listener }) => listener.stop()));
      running.clear();
    },
  };
}
