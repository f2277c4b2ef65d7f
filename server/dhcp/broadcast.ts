import { OPTION } from '../../src/dhcp/codes.ts';
import { type Ipv4, ipv4FromBytes, LIMITED_BROADCAST } from '../../src/domain/network/ipv4.ts';
import type { DhcpSocket } from '../net/dhcp-socket.ts';
import type { InterfaceAddress } from '../net/interfaces.ts';
import { EVERYBODY } from '../net/link-socket.ts';

/**
 * Broadcasts a reply from the address that it names as its server, where that is not the first of the interface: the
 * kernel would send it from that, and filters between server and client, and some clients, compare the two. False if
 * there is no need, or no way: then an ordinary broadcast has to do.
 */
export function broadcastAsNamed(
  { packet, udp }: DhcpSocket,
  payload: Buffer,
  port: number,
  addresses: readonly InterfaceAddress[],
): boolean {
  if (addresses.length < 2 || !packet.available) return false;
  const named = serverNamedIn(payload);
  const isOther = addresses.slice(1).some(({ address }) => address === named);
  if (named === undefined || !isOther) return false;
  const source = { address: named, port: udp.local.port };
  return packet.send(EVERYBODY, { source, destination: { address: LIMITED_BROADCAST, port }, payload }).ok;
}

/** Behind the magic cookie and option 53, which take the first seven bytes: see writeOptionArea. */
const SERVER_ID_AT = 243;

/** Option 54 of a reply of ours; BOOTP replies have none. */
function serverNamedIn(reply: Buffer): Ipv4 | undefined {
  const isThere = reply[SERVER_ID_AT] === OPTION.serverId && reply[SERVER_ID_AT + 1] === 4;
  return isThere ? ipv4FromBytes(reply, SERVER_ID_AT + 2) : undefined;
}
