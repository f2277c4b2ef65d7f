import { buildReply } from '../../dhcp/build-reply.ts';
import { type DhcpClient, describeClient } from '../../dhcp/client.ts';
import type { Decision, ReplyDecision } from '../../dhcp/decision.ts';
import { chooseDestination, type Destination } from '../../dhcp/destination.ts';
import type { DhcpFacts } from '../../dhcp/facts.ts';
import { encodeFitting, type FittedReply } from '../../dhcp/fit-reply.ts';
import { type DhcpPacket, decodePacket } from '../../dhcp/packet.ts';
import { MalformedPacket, UnencodablePacket } from '../../dhcp/packet-errors.ts';
import { decideReply } from '../../dhcp/reply.ts';
import { serverIdFor } from '../../dhcp/situation.ts';
import { hasAttemptLeft, isOpen } from '../../domain/install/install-state.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { MachineFacts } from '../../store/interfaces/dhcp-store.ts';
import { chooseTarget, isBootClient } from '../boot/boot-target.ts';
import type { Deps } from '../deps.ts';
import { limitEvents } from '../events/event-budget.ts';
import type { EventService } from '../events/events.ts';
import type { InstallService } from '../installs/installs.ts';
import { type AddressUse, heedAddressUse } from './address-use.ts';
import { describeExchange, describeLeftOut, type Exchange } from './dhcp-events.ts';
import { type Gathered, gatherFacts } from './dhcp-facts.ts';
import { localNetworksFor, type PacketReception, serverAddressFor } from './dhcp-reception.ts';
import { ifDiskAllows } from './if-disk-allows.ts';
import { isWrittenKind, leaseKeeper } from './keep-lease.ts';
import { createOffers, type Offers } from './offers.ts';
import type { OtherServers } from './other-servers.ts';
import { answerProxy, keepHeardAddress, type ProxyExchange } from './proxy-dhcp.ts';

export interface DhcpAnswer {
  readonly bytes: Buffer;
  readonly destination: Destination;
}

export interface DhcpSettings {
  /** Port of the boot listener, for URLs. */
  readonly httpPort: number;
  /** All of the service's own addresses. */
  readonly ownAddresses: () => readonly Ipv4[];
  /** Addresses on offer; default: none yet. */
  readonly offers?: Offers;
  /** The machine that answers for an address that is free by the records. */
  readonly findAddressUser?: AddressUse['findUser'];
  /** Hears of servers that machines choose instead of this one. */
  readonly onOtherServer?: OtherServers['notice'];
  /** User classes of iPXE and its brands; default: those that the codec knows. */
  readonly ipxeUserClasses?: () => readonly string[];
  /** Is this a loader that can fetch by TFTP only? */
  readonly isWithoutHttp?: (name: string) => boolean;
  /** Hears of every packet that was judged, and what became of it; not of those that are for nobody here. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Runs work that no machine waits for, in the order given, when those that wait are served. Default: at once. */
  readonly afterwards?: (work: () => void) => void;
}

/**
 * One packet to one answer: facts, policy, decision, a durable lease, and only then the bytes. Throws MalformedPacket
 * for bytes that are no DHCP packet, or one that no reply could answer; the listener counts and drops those.
 */
export function dhcpService(
  deps: Pick<Deps, 'now'> & { readonly store: Pick<Deps['store'], 'dhcp'> },
  events: Pick<EventService, 'record'>,
  installs: Pick<InstallService, 'observe'>,
  settings: DhcpSettings,
) {
  const { store, now } = deps;
  const record = limitEvents(events.record, now);
  const {
    ownAddresses,
    findAddressUser,
    onOtherServer,
    onExchange,
    offers = createOffers(),
    afterwards = (work) => work(),
  } = settings;
  const heeding = findAddressUser === undefined ? store.dhcp : heedAddressUse(store.dhcp, findAddressUser);
  const sources = { store: heeding, offers, ownAddresses };

  const keepLease = leaseKeeper(store.dhcp, offers, now);

  /** What goes on the machine's timeline; nobody waits for it. */
  const tell = (exchange: Exchange) =>
    afterwards(() => {
      onExchange?.(exchange);
      for (const event of describeExchange(exchange)) record(event);
    });

  /** The install of a machine that netboots again while its last attempt was under way: ended without a word. */
  const endedInstall = (machine: MachineFacts | undefined, client: DhcpClient) => {
    const install = machine?.install;
    if (install == null || client.messageType !== 'discover' || !isBootClient(client)) return undefined;
    return isOpen(install, now()) && !hasAttemptLeft(install) ? install : undefined;
  };

  const noticeReboot = async (machine: MachineFacts | undefined, client: DhcpClient): Promise<void> => {
    const install = endedInstall(machine, client);
    if (install === undefined) return;
    const result = await installs.observe(install.id, { kind: 'netbooted' });
    if ('refused' in result || result.install.state !== 'failed') return;
    const message = result.install.reason ?? 'the machine netbooted again';
    const base = { systemId: machine?.systemId ?? null, mac: client.mac ?? null, installId: install.id };
    events.record({ ...base, stage: 'failed', outcome: 'error', message, data: {} });
  };

  /** A machine that chose another server says so to everybody, RFC 2131 §3.1 step 3. */
  const noticeOtherServer = async (client: DhcpClient, gathered: Gathered): Promise<void> => {
    const { messageType, serverId, interfaceName } = client;
    const { subnet } = gathered;
    if (messageType !== 'request' || subnet === undefined) return;
    if (subnet.dhcp !== 'authoritative') await keepHeardAddress(store.dhcp, client, gathered, now());
    if (serverId === undefined || serverId === serverIdFor(client, gathered.facts)) return;
    onOtherServer?.({ serverId, subnet: subnet.name, interfaceName, noticedBy: 'request' });
  };

  /** A packet of a machine that has its address from another server. */
  const proxy = async (exchange: ProxyExchange): Promise<DhcpAnswer | undefined> => {
    const { packet, client, gathered } = exchange;
    if (gathered.subnet?.dhcp === 'proxy') await ifDiskAllows(() => noticeOtherServer(client, gathered));
    await ifDiskAllows(() => noticeReboot(gathered.machine, client));
    const { decision, reply } = answerProxy(exchange);
    tell({
      client,
      machine: gathered.machine,
      decision,
      target: exchange.target,
      serverId: exchange.serverId,
    });
    if (reply === undefined) return undefined;
    const { destination } = reply;
    const { bytes } = encodeReply(reply.packet, packet, client, {});
    return { bytes, destination };
  };

  /** Must something be on disk before the answer may exist? */
  const isWritten = (client: DhcpClient, decision: Decision, gathered: Gathered): boolean =>
    isWrittenKind(decision) ||
    endedInstall(gathered.machine, client) !== undefined ||
    decision.code === 'other-server';

  const writeThen = async (
    conclude: (decision: Decision) => DhcpAnswer | undefined,
    client: DhcpClient,
    wanted: Decision,
    gathered: Gathered,
  ): Promise<DhcpAnswer | undefined> => {
    await ifDiskAllows(() => noticeReboot(gathered.machine, client));
    const decision = await keepLease(client, wanted, gathered);
    if (decision.code === 'other-server') await ifDiskAllows(() => noticeOtherServer(client, gathered));
    return conclude(decision);
  };

  return {
    /**
     * The answer, or undefined for silence: at once where nothing has to be on disk before it, for a storm is mostly
     * DISCOVERs and each turn of the event loop that they do not need is time for one more.
     */
    handle(
      bytes: Buffer,
      reception: PacketReception,
    ): DhcpAnswer | undefined | Promise<DhcpAnswer | undefined> {
      const packet = decodePacket(bytes);
      const own = settings.ownAddresses();
      const ourAddress = serverAddressFor(packet, reception, own, store.dhcp.subnets());
      if (ourAddress === undefined) return undefined;
      const client = describeClient(
        packet,
        {
          ...reception,
          serverAddress: ourAddress,
          localNetworks: localNetworksFor(packet, reception, own, store.dhcp.subnets()),
        },
        settings.ipxeUserClasses?.(),
      );
      const onInterface = reception.serverAddresses.map(({ address }) => address);
      const gathered = gatherFacts(sources, client, { serverId: ourAddress, onInterface }, now());
      const { serverId } = gathered.facts;
      const target = chooseTarget(client, gathered, { ...settings, serverId, nowMs: now() });
      const { bootServerClient } = reception;
      if (bootServerClient !== undefined || gathered.subnet?.dhcp === 'proxy')
        return proxy({ packet, client, gathered, target, serverId, bootServerClient });
      const wanted = decideReply(client, gathered.facts, target, now());
      const conclude = (decision: Decision): DhcpAnswer | undefined => {
        if (decision.kind === 'offer' && gathered.key !== undefined)
          offers.add(decision.address, gathered.key, now());
        tell({ client, machine: gathered.machine, decision, target, serverId });
        if (!isReply(decision)) return undefined;
        const { leftOut, ...answer } = toAnswer(packet, client, gathered, decision);
        // Told once an exchange: what had no room in the ACK had none in the OFFER.
        if (leftOut.length > 0 && decision.kind !== 'offer')
          afterwards(() => record(describeLeftOut(client, gathered.machine, leftOut)));
        return answer;
      };
      return isWritten(client, wanted, gathered)
        ? writeThen(conclude, client, wanted, gathered)
        : conclude(wanted);
    },
  };
}

export type DhcpPacketService = ReturnType<typeof dhcpService>;

function toAnswer(
  packet: DhcpPacket,
  client: DhcpClient,
  gathered: Gathered,
  decision: ReplyDecision,
): DhcpAnswer & Pick<FittedReply, 'leftOut'> {
  const reply = buildReply({ request: packet, client, facts: gathered.facts, decision });
  return {
    ...encodeReply(reply, packet, client, gathered.facts),
    destination: chooseDestination(packet, decision.kind, reply.yiaddr),
  };
}

/**
 * A reply that is too long is our own fault, and thrown as such, unless it would fit without what it must repeat of
 * the request: then the request was made to have no answer.
 */
function encodeReply(
  reply: DhcpPacket,
  request: DhcpPacket,
  client: DhcpClient,
  facts: Pick<DhcpFacts, 'ownOptions'>,
): FittedReply {
  const { maxReplyBytes } = client;
  try {
    return encodeFitting(reply, facts, maxReplyBytes);
  } catch (error) {
    if (!(error instanceof UnencodablePacket) || error.code !== 'packet-too-long') throw error;
    const own = [...reply.options].filter(([code, value]) => request.options.get(code) !== value);
    encodeFitting({ ...reply, options: new Map(own) }, facts, maxReplyBytes);
    throw new MalformedPacket('unanswerable', `its options leave no room in a reply: ${error.message}`);
  }
}

function isReply(decision: Decision): decision is ReplyDecision {
  return decision.kind !== 'silent' && decision.kind !== 'release' && decision.kind !== 'decline';
}
