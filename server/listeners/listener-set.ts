import type { ListenerStatus } from '../http/api-services.ts';
import { type Listener, PortRefused } from './listener.ts';
import { listening, refusedStatus } from './listener-status.ts';

/** A listener with the address that people know it by. */
export interface NamedListener {
  readonly listener: Listener;
  readonly address: string;
}

/** Listeners that are started together. A refused port is reported and does not keep the others from starting. */
export interface ListenerSet {
  start(): Promise<void>;
  status(): ListenerStatus[];
  stop(): Promise<void>;
}

export function createListenerSet(members: readonly NamedListener[]): ListenerSet {
  const states = new Map<string, ListenerStatus>();
  return {
    async start() {
      for (const { listener, address } of members) {
        try {
          await listener.start();
          states.set(listener.name, listening(listener.name, address));
        } catch (error) {
          if (!(error instanceof PortRefused)) throw error;
          states.set(listener.name, refusedStatus(listener.name, error));
        }
      }
    },
    status: () => [...states.values()],
    async stop() {
      await Promise.all([...members].reverse().map(({ listener }) => listener.stop()));
    },
  };
}
