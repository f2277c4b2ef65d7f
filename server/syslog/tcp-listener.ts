import { createServer, type Server, type Socket } from 'node:net';
import { type Ipv4, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { Deframer, type Frame } from '../../src/syslog/deframer.ts';
import { type Listener, portRefusal } from '../listeners/listener.ts';
import type { Endpoint } from '../net/datagram.ts';
import type { SyslogSink } from './sink.ts';

export interface SyslogTcpLimits {
  /** Longest message kept, in bytes. */
  readonly messageBytes: number;
  /** Connections at once, of all machines and of one. */
  readonly connections: number;
  readonly connectionsOfOne: number;
  /** A connection that says nothing for so long is closed; the installer's syslog opens another. */
  readonly idleMs: number;
}

export const SYSLOG_TCP_LIMITS: SyslogTcpLimits = {
  messageBytes: 16 * 1024,
  connections: 4096,
  connectionsOfOne: 8,
  idleMs: 2 * 60 * 60_000,
};

/** So soon a machine that is gone without a word is found out. */
const KEEP_ALIVE_MS = 60_000;

export interface SyslogTcpListener extends Listener {
  /** Where it listens while it runs. */
  readonly local: Endpoint | undefined;
}

/** Messages one after the other, RFC 6587. Only machines that are in the middle of an install may connect. */
export function createSyslogTcp(
  listen: Endpoint,
  sink: SyslogSink,
  limits: SyslogTcpLimits = SYSLOG_TCP_LIMITS,
): SyslogTcpListener {
  const name = 'syslog tcp';
  const open = new Map<Ipv4, Set<Socket>>();
  let server: Server | undefined;

  const admit = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    const address = parseIpv4(socket.remoteAddress ?? '');
    if (address === undefined || !sink.isExpected(address)) {
      socket.destroy();
      return;
    }
    const own = open.get(address) ?? new Set();
    if (own.size >= limits.connectionsOfOne) {
      socket.destroy();
      return;
    }
    open.set(address, own.add(socket));
    socket.once('close', () => {
      own.delete(socket);
      if (own.size === 0) open.delete(address);
    });
    listenTo(socket, address);
  };

  const listenTo = (socket: Socket, address: Ipv4): void => {
    const deframer = new Deframer(limits.messageBytes);
    const take = (frames: readonly Frame[]): void => {
      for (const { bytes, cutBytes } of frames) sink.take(address, bytes, cutBytes);
    };
    socket.setTimeout(limits.idleMs, () => socket.destroy());
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (bytes: Buffer) => take(deframer.push(bytes)));
    socket.once('close', () => take(deframer.end()));
  };

  return {
    name,
    get local() {
      const at = server?.address();
      return typeof at === 'object' && at !== null ? { address: at.address, port: at.port } : undefined;
    },
    start() {
      const starting = createServer(admit);
      starting.maxConnections = limits.connections;
      return new Promise((resolve, reject) => {
        const refuse = (error: Error) => reject(portRefusal({ name, protocol: 'tcp', ...listen }, error));
        starting.once('error', refuse);
        starting.listen({ host: listen.address, port: listen.port }, () => {
          starting.off('error', refuse);
          starting.on('error', sink.failed);
          server = starting;
          resolve();
        });
      });
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (stopping === undefined) return;
      const closed = new Promise<void>((resolve) => stopping.close(() => resolve()));
      for (const sockets of open.values()) for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
