import { type Ipv4, NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { bindUdpSocket, type UdpHandlers, type UdpSocket } from './udp-socket.ts';

const SILENT: UdpHandlers = { message: () => undefined, error: () => undefined };

/**
 * DHCP with nothing but Node, for a machine with one interface. Two sockets share the port: the one on 0.0.0.0
 * hears broadcasts; the one on the server's address hears what is sent to it, and sends everything, because
 * without a device only the source address tells the kernel by which interface 255.255.255.255 leaves.
 * Rejects with the error of the bind.
 */
export async function openOnlyInterfaceSocket(
  address: Ipv4,
  port: number,
  handlers: UdpHandlers,
): Promise<UdpSocket> {
  // The pair has to share the port, and would share it with a foreign server as well: ask alone first.
  const probe = await bindUdpSocket({ address: NO_ADDRESS, port }, false, SILENT);
  await probe.close();
  const broadcasts = await bindUdpSocket({ address: NO_ADDRESS, port }, true, handlers);
  try {
    const own = await bindUdpSocket({ address, port }, true, handlers);
    return {
      local: own.local,
      receiveBufferBytes: Math.min(own.receiveBufferBytes, broadcasts.receiveBufferBytes),
      send: own.send,
      close: async () => {
        await Promise.all([own.close(), broadcasts.close()]);
      },
    };
  } catch (error) {
    await broadcasts.close();
    throw error;
  }
}
