import { formatIpv4, formatNetwork, type Ipv4, ipv4ToBytes, NO_ADDRESS } from '../domain/network/ipv4.ts';
import { type BootAnswer, chooseBootAnswer } from './boot-answer.ts';
import { echoed, replyHeader } from './build-reply.ts';
import type { DhcpClient } from './client.ts';
import { MESSAGE_TYPE, OPTION, PORT } from './codes.ts';
import type { SilenceCode } from './decision.ts';
import type { BootTarget, DhcpSubnet } from './facts.ts';
import { textBytes, u8Bytes } from './options.ts';
import type { DhcpPacket } from './packet.ts';

/** An answer that gives no address: which file to boot, for a machine that has its address from another server. */
export interface ProxyReplyDecision {
  /** `proxy-offer`: on port 67, beside the other server's offer. `proxy-ack`: on port 4011. */
  readonly kind: 'proxy-offer' | 'proxy-ack';
  readonly code: 'proxy';
  readonly reason: string;
  readonly boot: BootAnswer & { readonly kind: 'boot' };
}

export type ProxyDecision =
  | ProxyReplyDecision
  | {
      readonly kind: 'silent';
      readonly code: SilenceCode | 'not-a-boot-client' | 'not-for-a-proxy' | 'no-boot-answer';
      readonly reason: string;
    };

/**
 * Decides what a ProxyDHCP or boot server says to one packet, PXE specification 2.1 §2.2. Pure.
 *
 * On port 67 a DISCOVER is answered beside the other server; whatever else is said there is between the client and
 * that server. On port 4011 a REQUEST (or INFORM) is answered whichever server its option 54 names: the client has its
 * address already and asks for the file. Some firmware (OVMF) does so even though the offer named the file, so this is
 * answered on every subnet that is not off.
 *
 * @param port the one that the packet came to
 */
export function decideProxyReply(
  client: DhcpClient,
  subnet: Pick<DhcpSubnet, 'network' | 'mode'> | undefined,
  target: BootTarget,
  port: typeof PORT.server | typeof PORT.bootServer,
): ProxyDecision {
  const unfit = findUnfit(client, subnet);
  if (unfit !== undefined) return unfit;
  const isBootServer = port === PORT.bootServer;
  const answered: readonly string[] = isBootServer ? ['request', 'inform'] : ['discover'];
  if (!answered.includes(client.messageType))
    return silent('not-for-a-proxy', `${client.messageType} on port ${port} is for the DHCP server`);
  const boot = chooseBootAnswer(client, target);
  if (boot.kind === 'none') return silent('no-boot-answer', boot.reason);
  const reason = isBootServer ? 'it asked on port 4011' : 'another server gives the address';
  return { kind: isBootServer ? 'proxy-ack' : 'proxy-offer', code: 'proxy', reason, boot };
}

function findUnfit(
  client: DhcpClient,
  subnet: Pick<DhcpSubnet, 'network' | 'mode'> | undefined,
): ProxyDecision | undefined {
  if (!client.isRequest) return silent('not-a-request', 'the packet is a BOOTREPLY, not from a client');
  if (subnet === undefined)
    return silent('no-subnet', `no subnet for ${formatIpv4(client.linkAddress)} on ${client.interfaceName}`);
  if (subnet.mode === 'off')
    return silent('subnet-off', `DHCP is off for subnet ${formatNetwork(subnet.network)}`);
  if (!client.isPxe && !client.isHttpClient && !client.isIpxe)
    return silent('not-a-boot-client', 'the client is neither PXE, HTTP boot nor iPXE: an operating system');
  return undefined;
}

function silent(code: (ProxyDecision & { kind: 'silent' })['code'], reason: string): ProxyDecision {
  return { kind: 'silent', code, reason };
}

/** What a reply without an address is made from. */
export interface ProxyReplyInput {
  readonly request: DhcpPacket;
  readonly client: DhcpClient;
  /** Our own address that the client is to know us by: option 54. */
  readonly serverId: Ipv4;
  readonly decision: ProxyReplyDecision;
}

/**
 * Makes the packet that carries out a decision: yiaddr is zero, and there is no mask, router or lease, so that no
 * client takes it for an address. Encode it with `client.maxReplyBytes`.
 */
export function buildProxyReply({ request, client, serverId, decision }: ProxyReplyInput): DhcpPacket {
  const { kind, boot } = decision;
  const type = kind === 'proxy-offer' ? MESSAGE_TYPE.offer : MESSAGE_TYPE.ack;
  const options = new Map<number, Buffer>([
    ...boot.options,
    [OPTION.messageType, u8Bytes(type)],
    [OPTION.serverId, ipv4ToBytes(serverId)],
    [OPTION.vendorClass, boot.options.get(OPTION.vendorClass) ?? textBytes(classOf(client))],
    ...echoed(request, [OPTION.clientId, OPTION.machineUuid, OPTION.relayAgentInfo]),
  ]);
  // iPXE's "do not wait for a ProxyDHCP offer", said in the very offer that it would wait for.
  options.delete(OPTION.ipxe);
  const item = readBootItem(request.options.get(OPTION.vendorSpecific));
  if (kind === 'proxy-ack' && item !== undefined) options.set(OPTION.vendorSpecific, item);
  return {
    ...replyHeader(request),
    ciaddr: kind === 'proxy-ack' ? request.ciaddr : NO_ADDRESS,
    siaddr: boot.siaddr,
    file: boot.file,
    options,
  };
}

/** Every client tells a ProxyDHCP offer by its option 60, iPXE too, which gets none from a DHCP server. */
function classOf(client: DhcpClient): string {
  return client.isHttpClient && !client.isIpxe ? 'HTTPClient' : 'PXEClient';
}

/** PXE specification 2.1 table 2-1: tag 71 is the boot item that was chosen, server type and layer. */
const BOOT_ITEM = 71;

/**
 * The answer to a client that asks for one item of a boot menu: the same item again, PXE specification 2.1 §2.2.6.2;
 * there is only one file here, whatever its number. Undefined if it asks for none.
 */
function readBootItem(vendorOptions: Buffer | undefined): Buffer | undefined {
  let at = 0;
  while (vendorOptions !== undefined && at + 2 <= vendorOptions.length) {
    const [tag = 0xff, length = 0] = vendorOptions.subarray(at, at + 2);
    if (tag === 0xff) return undefined;
    const end = at + 2 + length;
    if (tag === BOOT_ITEM && length === 4 && end <= vendorOptions.length)
      return Buffer.concat([vendorOptions.subarray(at, end), Buffer.of(0xff)]);
    at = tag === 0 ? at + 1 : end;
  }
  return undefined;
}
