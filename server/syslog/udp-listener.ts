import { parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { type Listener, portRefusal } from '../listeners/listener.ts';
import { type BindUdp, bindUdp, type DatagramSocket, type Endpoint } from '../net/datagram.ts';
import type { SyslogSink } from './sink.ts';

/** Machines of a rack that boot at once send their kernels' messages at once. */
const RECV_BUFFER_BYTES = 4 * 1024 * 1024;

/** One message a datagram, RFC 5426 §3.1. Nothing is ever answered, so one socket serves all addresses. */
export function createSyslogUdp(listen: Endpoint, sink: SyslogSink, bind: BindUdp = bindUdp): Listener {
  const name = 'syslog';
  let socket: DatagramSocket | undefined;
  return {
    name,
    async start() {
      try {
        socket = await bind({ ...listen, recvBufferBytes: RECV_BUFFER_BYTES, onError: sink.failed });
      } catch (error) {
        throw portRefusal({ name, protocol: 'udp', ...listen }, error);
      }
      socket.onMessage((bytes, from) => {
        const address = parseIpv4(from.address);
        if (address !== undefined) sink.take(address, bytes);
      });
    },
    async stop() {
      await socket?.close();
      socket = undefined;
    },
  };
}
