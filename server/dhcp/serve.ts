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

/** Bytes in, reply out; undefined is silence. */
export type DhcpHandle = (bytes: Buffer, reception: Reception) => Promise<Reply | undefined>;

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

/** Takes one packet from bytes to reply sent. Never rejects: whatever happens is counted and logged. */
export async function serveDhcpPacket(
  service: DhcpService,
  counters: DhcpCounters,
  socket: Promise<DhcpSocket>,
  bytes: Buffer,
  reception: Reception,
): Promise<void> {
  try {
    const reply = await answer(service, counters, bytes, reception);
    if (reply !== undefined) await send(service, counters, await socket, reply, reception);
  } catch (error) {
    counters.failed += 1;
    const fields = { ...place(reception), err: error, count: counters.failed };
    if (isWorthLogging(counters.failed))
      service.log.error(fields, 'DHCP packet not answered: the service failed');
  }
}

/** The reply, or undefined for silence and for malformed input. */
async function answer(
  service: DhcpService,
  counters: DhcpCounters,
  bytes: Buffer,
  reception: Reception,
): Promise<Reply | undefined> {
  try {
    const reply = await within(service.handleTimeoutMs ?? 10_000, service.handle(bytes, reception));
    if (reply === undefined) counters.silent += 1;
    return reply;
  } catch (error) {
    if (service.isMalformed?.(error) !== true) throw error;
    counters.malformed += 1;
    service.onMalformed?.(error, bytes, reception);
    return undefined;
  }
}

async function send(
  { log }: DhcpService,
  counters: DhcpCounters,
  socket: DhcpSocket,
  reply: Reply,
  reception: Reception,
): Promise<void> {
  try {
    const sent = await sendReply(socket, reply, reception.serverAddresses);
    counters.replied += 1;
    if (sent.as === 'wished') return;
    counters.broadcastInstead += 1;
    if (!isWorthLogging(counters.broadcastInstead)) return;
    const fields = { ...place(reception), reason: sent.reason, count: counters.broadcastInstead };
    log.warn(fields, 'DHCP reply broadcast: unicast before ARP is not possible');
  } catch (error) {
    counters.sendFailed += 1;
    if (!isWorthLogging(counters.sendFailed)) return;
    // The packet itself may say where to: an address without a route is no fault of ours, and can be sent on purpose.
    const fields = {
      ...place(reception),
      err: error,
      destination: reply.destination,
      count: counters.sendFailed,
    };
    log.warn(fields, 'DHCP reply not sent');
  }
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
