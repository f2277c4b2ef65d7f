import type { Listener } from '../listeners/listener.ts';
import type { DhcpSocket } from '../net/dhcp-socket.ts';
import type { InterfaceAddress } from '../net/interfaces.ts';
import type { UdpAddress, UdpHandlers } from '../net/udp-socket.ts';
import { createDhcpCounters, type DhcpCounters, isWorthLogging } from './counters.ts';
import { createIntake } from './intake.ts';
import { type DhcpService, serveDhcpPacket } from './serve.ts';

export interface DhcpListenerOptions extends DhcpService {
  readonly interfaceName: string;
  /** Read for every packet: an address may come or go while the socket stays. */
  readonly serverAddresses: () => readonly InterfaceAddress[];
  /** Default 67. */
  readonly port?: number;
  /** Rejects with SocketRefused. */
  readonly open: (handlers: UdpHandlers) => Promise<DhcpSocket>;
  /** Counts go here; a fresh set if absent. */
  readonly counters?: DhcpCounters;
  /** Packets in work at once, default {@link MAX_IN_FLIGHT}. */
  readonly maxInFlight?: number;
  /** How long `stop` waits for packets in work, default 2,000 ms. */
  readonly drainTimeoutMs?: number;
}

/** The listener of one interface. */
export interface DhcpListener extends Listener {
  readonly counters: Readonly<DhcpCounters>;
  /** The open socket; undefined before start and after stop. */
  socket(): DhcpSocket | undefined;
}

/** More than a rack; at some 2,000 durable leases a second, the last of them waits one second. */
const MAX_IN_FLIGHT = 2_000;
/** Of those, for packets of machines without a record. */
const STRANGERS_SHARE = 0.75;

/**
 * Serves DHCP on one interface: bytes in, `handle`, reply out. Nothing thrown on the way leaves the socket
 * callback; it is counted and logged with the interface, and the next packet is served.
 *
 * At most `maxInFlight` packets are in work. Beyond that the newest is dropped: those in work are nearer their
 * reply, and the client of the dropped one asks again after about four seconds (RFC 2131 §4.1).
 *
 * `stop` lets packets in work finish and send, so that a lease already promised on disk is also said.
 */
export function createDhcpListener(options: DhcpListenerOptions): DhcpListener {
  const { port = 67, counters = createDhcpCounters() } = options;
  const inFlight = new Set<Promise<void>>();
  let opening: Promise<DhcpSocket> | undefined;
  let open: DhcpSocket | undefined;
  const handlers = createHandlers({ ...options, port, counters }, inFlight, () => open ?? opening);
  return {
    name: port === 67 ? `dhcp ${options.interfaceName}` : `dhcp ${options.interfaceName} ${port}`,
    counters,
    socket: () => open,
    start: async () => {
      if (opening !== undefined) throw new Error('the listener was started already');
      opening = options.open(handlers);
      try {
        open = await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
    },
    stop: async () => {
      // Whatever is still being opened must be closed too; a refusal has been reported by start.
      const closing = await opening?.catch(() => undefined);
      opening = undefined;
      open = undefined;
      await settleWithin(options.drainTimeoutMs ?? 2_000, inFlight);
      if (closing?.packet.available) closing.packet.close();
      await closing?.udp.close();
    },
  };
}

type HandlerOptions = DhcpListenerOptions & { readonly port: number; readonly counters: DhcpCounters };

/** `socket` is undefined once the listener stops: what still arrives is left to the client's next try. */
function createHandlers(
  options: HandlerOptions,
  inFlight: Set<Promise<void>>,
  socket: () => DhcpSocket | Promise<DhcpSocket> | undefined,
): UdpHandlers {
  const { interfaceName, port, counters, log, maxInFlight = MAX_IN_FLIGHT } = options;
  const place = { interface: interfaceName, port };
  const serve = (bytes: Buffer, source: UdpAddress): void => {
    const current = socket();
    if (current === undefined) return;
    if (inFlight.size >= maxInFlight) {
      counters.dropped += 1;
      const fields = { ...place, dropped: counters.dropped, inFlight: inFlight.size };
      if (isWorthLogging(counters.dropped))
        log.warn(fields, 'DHCP overloaded: the newest packets are dropped');
      return;
    }
    const reception = { interfaceName, serverAddresses: options.serverAddresses(), source, port };
    const serving = serveDhcpPacket({ service: options, counters, reception }, current, bytes);
    if (serving === undefined) return;
    const work = serving.then(() => {
      inFlight.delete(work);
    });
    inFlight.add(work);
  };
  const isCrowded = () => inFlight.size >= maxInFlight * STRANGERS_SHARE;
  const intake =
    options.intake === undefined
      ? { take: serve }
      : createIntake({
          ...options.intake,
          serve,
          counters,
          log,
          interfaceName,
          isCrowded,
          later: setImmediate,
        });
  return {
    message: (bytes: Buffer, source: UdpAddress) => {
      if (socket() === undefined) return;
      counters.received += 1;
      intake.take(bytes, source);
    },
    error: (error: Error) => {
      counters.socketErrors += 1;
      if (isWorthLogging(counters.socketErrors)) log.error({ ...place, err: error }, 'DHCP socket error');
    },
  };
}

/** Waits for all of `work`, none of which rejects, but not longer than the limit. */
async function settleWithin(limitMs: number, work: ReadonlySet<Promise<void>>): Promise<void> {
  if (work.size === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.all(work), limit]);
  clearTimeout(timer);
}
