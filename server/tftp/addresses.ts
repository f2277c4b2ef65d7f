import type { ListenerStatus } from '../http/api-services.ts';
import { PortRefused } from '../listeners/listener.ts';
import { listening, refusedStatus } from '../listeners/listener-status.ts';
import type { TftpEvent } from './events.ts';
import { createTftpListener, type TftpFile, type TftpListener, type TftpLog } from './listener.ts';

export interface TftpAddressesDeps {
  readonly port: number;
  readonly find: (name: string) => Promise<TftpFile | undefined>;
  readonly onEvent: (event: TftpEvent) => void;
  readonly log: TftpLog;
}

/**
 * One TFTP listener for each of the machine's addresses: answers must leave from the address that was asked, and with
 * one socket on 0.0.0.0 the routing table would choose another on a machine with several.
 */
export interface TftpAddresses {
  /** Starts what is missing or was refused, stops what is gone. Never rejects for a refused port. */
  reconcile(addresses: readonly string[]): Promise<void>;
  status(): ListenerStatus[];
  stop(): Promise<void>;
}

export function createTftpAddresses({ port, find, onEvent, log }: TftpAddressesDeps): TftpAddresses {
  const running = new Map<string, TftpListener>();
  const refused = new Map<string, PortRefused>();

  const startOne = async (address: string): Promise<void> => {
    const listener = createTftpListener({
      listen: { address, port },
      find: (request) => find(request.name),
      onEvent,
      log,
      now: () => performance.now(),
    });
    try {
      await listener.start();
      running.set(address, listener);
      refused.delete(address);
    } catch (error) {
      if (!(error instanceof PortRefused)) throw error;
      refused.set(address, error);
    }
  };
  return {
    async reconcile(addresses) {
      for (const [address, listener] of running) {
        if (addresses.includes(address)) continue;
        running.delete(address);
        await listener.stop();
      }
      for (const address of [...refused.keys()]) if (!addresses.includes(address)) refused.delete(address);
      for (const address of addresses) if (!running.has(address)) await startOne(address);
    },
    status() {
      const up = [...running.keys()].map((address) => listening('tftp', `udp ${address}:${port}`));
      const down = [...refused.values()].map((refusal) => refusedStatus('tftp', refusal));
      return [...up, ...down];
    },
    async stop() {
      await Promise.all([...running.values()].map((listener) => listener.stop()));
      running.clear();
    },
  };
}
