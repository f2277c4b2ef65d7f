import type { ListenerStatus } from '../http/api-services.ts';
import type { PortRefused } from './listener.ts';

/** A listener that works, for `provision status`. */
export function listening(name: string, address: string): ListenerStatus {
  return { name, state: 'listening', address, reason: null, remedy: null };
}

/** A listener whose port could not be had, with what would give it. */
export function refusedStatus(name: string, { wanted, message, remedy }: PortRefused): ListenerStatus {
  const address = `${wanted.protocol} ${wanted.address}:${wanted.port}`;
  return { name, state: 'refused', address, reason: message, remedy };
}
