import type { DhcpSocket } from '../net/dhcp-socket.ts';
import type { InterfaceAddress } from '../net/interfaces.ts';
import type { UdpAddress } from '../net/udp-socket.ts';
import { type DhcpCounters, isWorthLogging } from './counters.ts';
import type { IntakePolicy } from './intake.ts';
import { type Reply, sendReply } from './reply.ts';

/** What is known of a packet besides its bytes. */
export interface Reception {
  readonly interfaceName: string;
  /** The addresses that clients on this interface may know the server by, as they are now. */
  readonly serverAddresses: readonly InterfaceAddress[];
  readonly source: UdpAddress;
  /** The port it came to: 67, or 4011 for a PXE boot server request. */
  readonly port: number;
}

/** Bytes in, reply out; undefined is silence. A promise only where the reply has to wait for something. */
export type DhcpHandle = (
  bytes: Buffer,
  reception: Reception,
) => Reply | undefined | Promise<Reply | undefined>;

/** The part of a structured log in use; pino fits. */
export interface DhcpLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What answers packets, the same for every interface. */
export interface DhcpService {
  readonly handle: DhcpHandle;
  /** Tells broken input from a fault of ours, when `handle` throws. Default: nothing is malformed. */
  readonly isMalformed?: (error: unknown) => boolean;
  /** Called for each malformed packet, for those who want to keep or show it. It is not logged here. */
  readonly onMalformed?: (error: unknown, bytes: Buffer, reception: Reception) => void;
  readonly log: DhcpLog;
  /** Who is served first, and who not at all; everybody in turn without one. */
  readonly intake?: IntakePolicy;
  /**
   * How long `handle` may take, default 10,000 ms. By then the client has asked again (RFC 2131 §4.1), and a
   * handle that never settles must not keep its place for ever.
   */
  readonly handleTimeoutMs?: number;
}

/** One packet on its way, and where its counts go. */
export interface Serving {
  readonly service: DhcpService;
  readonly counters: DhcpCounters;
  readonly reception: Reception;
}

/**
 * Takes one packet from bytes to reply sent: undefined where that is done on return, else a promise. Never throws or
 * rejects: whatever happens is counted and logged.
 */
export function serveDhcpPacket(
  serving: Serving,
  socket: DhcpSocket | Promise<DhcpSocket>,
  bytes: Buffer,
): Promise<void> | undefined {
  let reply: ReturnType<DhcpHandle>;
  try {
    reply = serving.service.handle(bytes, serving.reception);
  } catch (error) {
    noteError(serving, bytes, error);
    return undefined;
  }
  if (reply instanceof Promise || socket instanceof Promise)
    return waitAndSend(serving, socket, bytes, reply);
  if (reply === undefined) serving.counters.silent += 1;
  else send(serving, socket, reply, () => {});
  return undefined;
}

async function waitAndSend(
  serving: Serving,
  socket: DhcpSocket | Promise<DhcpSocket>,
  bytes: Buffer,
  coming: ReturnType<DhcpHandle>,
): Promise<void> {
  try {
    const limitMs = serving.service.handleTimeoutMs ?? 10_000;
    const reply = coming instanceof Promise ? await within(limitMs, coming) : coming;
    const open = socket instanceof Promise ? await socket : socket;
    if (reply === undefined) serving.counters.silent += 1;
    else await new Promise<void>((resolve) => send(serving, open, reply, resolve));
  } catch (error) {
    noteError(serving, bytes, error);
  }
}

/** Malformed input is counted; anything else is a fault of ours. */
function noteError({ service, counters, reception }: Serving, bytes: Buffer, error: unknown): void {
  let fault = error;
  if (service.isMalformed?.(error) === true) {
    counters.malformed += 1;
    try {
      service.onMalformed?.(error, bytes, reception);
      return;
    } catch (unkept) {
      fault = unkept;
    }
  }
  counters.failed += 1;
  const fields = { ...place(reception), err: fault, count: counters.failed };
  if (isWorthLogging(counters.failed))
    service.log.error(fields, 'DHCP packet not answered: the service failed');
}

/** `done` is called when the system has the reply, or has refused it. */
function send(serving: Serving, socket: DhcpSocket, reply: Reply, done: () => void): void {
  const { service, counters, reception } = serving;
  const { destination } = reply;
  const sent = sendReply(socket, reply, reception.serverAddresses, (error) => {
    if (error === undefined) counters.replied += 1;
    else {
      counters.sendFailed += 1;
      // The packet itself may say where to: an address without a route is no fault of ours, and can be sent on purpose.
      const fields = { ...place(reception), err: error, destination, count: counters.sendFailed };
      if (isWorthLogging(counters.sendFailed)) service.log.warn(fields, 'DHCP reply not sent');
    }
    done();
  });
  if (sent.as === 'wished') return;
  counters.broadcastInstead += 1;
  if (!isWorthLogging(counters.broadcastInstead)) return;
  const fields = { ...place(reception), reason: sent.reason, count: counters.broadcastInstead };
  service.log.warn(fields, 'DHCP reply broadcast: unicast before ARP is not possible');
}

function place({ interfaceName, port }: Reception): { readonly interface: string; readonly port: number } {
  return { interface: interfaceName, port };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
