import { bindUdp, type Endpoint } from '../../server/net/datagram.ts';
import { decodePacket, encodePacket } from '../../src/tftp/packet.ts';

/**
 * Fetches a file in lock step over real sockets, from a given local address; rejects with the ERROR it gets.
 * It never resends: on loopback, without loss, whatever hangs is the server's fault.
 */
export async function fetchByTftp(
  server: Endpoint,
  name: string,
  localAddress: string,
  onBlock: (transfer: Endpoint) => void = () => {},
): Promise<Buffer> {
  const socket = await bindUdp({ address: localAddress, port: 0 });
  const blocks: Buffer[] = [];
  try {
    return await new Promise((resolve, reject) => {
      socket.onMessage((bytes, from) => {
        const packet = decodePacket(bytes);
        if (packet.type === 'error') reject(new Error(`ERROR ${packet.code} ${packet.message}`));
        if (packet.type !== 'data' || packet.block !== ((blocks.length + 1) & 0xffff)) return;
        blocks.push(Buffer.from(packet.payload));
        onBlock(from);
        socket.send(encodePacket({ type: 'ack', block: packet.block }), from);
        if (packet.payload.length < 512) resolve(Buffer.concat(blocks));
      });
      socket.send(encodePacket({ type: 'rrq', name, mode: 'octet', options: [] }), server);
    });
  } finally {
    await socket.close();
  }
}
