import type { DhcpClient } from '../../dhcp/client.ts';
import type { Decision } from '../../dhcp/decision.ts';
import type { BootTarget } from '../../dhcp/facts.ts';
import type { ProxyDecision } from '../../dhcp/proxy.ts';
import type { NewBootEvent, Outcome, Stage } from '../../domain/boot/boot-event.ts';
import { OPEN_STATES } from '../../domain/install/install.ts';
import { formatIpv4, type Ipv4, NO_ADDRESS } from '../../domain/network/ipv4.ts';
import type { MachineFacts } from '../../store/interfaces/dhcp-store.ts';

/** One packet and what became of it. */
export interface Exchange {
  readonly client: DhcpClient;
  readonly machine: MachineFacts | undefined;
  readonly decision: Decision | ProxyDecision;
  /** What it was to boot, whether or not it got as far. */
  readonly target: BootTarget;
  /** Our own address that the client knows us by. */
  readonly serverId: Ipv4;
}

/**
 * What of one exchange goes on the machine's timeline. Only machines with a record have one; of a running system's
 * renewals only trouble is worth a line, of a netbooting machine everything is, and of a new system everything until it
 * has reported: whether it started is the first thing to know when it does not.
 */
export function describeExchange(exchange: Exchange): NewBootEvent[] {
  const { client, machine, decision } = exchange;
  if (machine === undefined) return decision.kind === 'decline' ? [declineOfStranger(client, decision)] : [];
  const boots = client.isPxe || client.isHttpClient || client.isIpxe;
  const state = machine.install?.state;
  const installing = state !== undefined && (state === 'installed' || OPEN_STATES.includes(state));
  const trouble = outcomeOf(decision) !== 'ok';
  if (!boots && !installing && !trouble) return [];
  const base = {
    systemId: machine.systemId,
    mac: client.mac ?? null,
    installId: installing ? (machine.install?.id ?? null) : null,
  };
  const heard = heardStage(client);
  const events: NewBootEvent[] = [];
  if (heard !== undefined) {
    events.push({
      ...base,
      stage: heard,
      outcome: 'ok',
      message: describeSender(client),
      data: senderData(client, boots),
    });
  }
  const said = saidStage(decision);
  if (said !== undefined) {
    events.push({
      ...base,
      stage: said,
      outcome: outcomeOf(decision),
      message: describeDecision(exchange),
      data: saidData(exchange),
    });
  }
  if (decision.code === 'other-server' && client.messageType === 'request')
    events.push({
      ...base,
      stage: 'other-dhcp-server',
      outcome: 'warning',
      message: `it took the offer of another DHCP server: ${decision.reason}`,
      data: { server: client.serverId === undefined ? null : formatIpv4(client.serverId) },
    });
  return events;
}

/** What of a machine's options had no room in its answer. */
export function describeLeftOut(
  client: DhcpClient,
  machine: MachineFacts | undefined,
  leftOut: readonly number[],
): NewBootEvent {
  const message = `options ${leftOut.join(', ')} left out of the answer: the machine takes ${client.maxReplyBytes} bytes (option 57)`;
  const owner = { systemId: machine?.systemId ?? null, installId: null, mac: client.mac ?? null };
  return { ...owner, stage: 'dhcp-ack', outcome: 'warning', message, data: {} };
}

/** On no timeline, but in the log: an address that a machine unknown to us uses is everybody's trouble. */
function declineOfStranger(client: DhcpClient, { reason }: Decision): NewBootEvent {
  const mac = client.mac ?? null;
  return {
    systemId: null,
    installId: null,
    mac,
    stage: 'dhcp-decline',
    outcome: 'warning',
    message: reason,
    data: {},
  };
}

function heardStage(client: DhcpClient): Stage | undefined {
  if (client.messageType === 'discover') return 'dhcp-discover';
  if (client.messageType === 'request') return 'dhcp-request';
  return undefined;
}

function saidStage(decision: Decision | ProxyDecision): Stage | undefined {
  switch (decision.kind) {
    case 'offer':
    case 'proxy-offer':
      return 'dhcp-offer';
    case 'ack':
    case 'proxy-ack':
    case 'bootp-reply':
      return 'dhcp-ack';
    case 'nak':
      return 'dhcp-nak';
    case 'decline':
      return 'dhcp-decline';
    case 'silent':
      return isForOthers(decision) ? undefined : 'refused';
    default:
      return undefined;
  }
}

function outcomeOf(decision: Decision | ProxyDecision): Outcome {
  if (decision.kind === 'nak' || decision.kind === 'decline') return 'warning';
  return decision.kind === 'silent' && !isForOthers(decision) ? 'warning' : 'ok';
}

/** Another server was chosen, or gives the addresses: nothing that this machine's owner could mend. */
const FOR_OTHERS: readonly string[] = [
  'other-server',
  'proxy-subnet',
  'not-a-boot-client',
  'not-for-a-proxy',
];

function isForOthers({ code }: Decision | ProxyDecision): boolean {
  return FOR_OTHERS.includes(code);
}

function describeSender(client: DhcpClient): string {
  if (client.isIpxe) return `iPXE on ${client.interfaceName}`;
  const arch = client.firmware?.arch ?? `firmware ${client.archCodes.join('/') || 'unknown'}`;
  if (client.isHttpClient) return `UEFI HTTP boot, ${arch}, on ${client.interfaceName}`;
  if (client.isPxe) return `PXE, ${arch}, on ${client.interfaceName}`;
  return `${client.vendorClass ?? 'an operating system'} on ${client.interfaceName}`;
}

function senderData(client: DhcpClient, netboot: boolean): NewBootEvent['data'] {
  return {
    netboot,
    ipxe: client.isIpxe,
    http: client.isHttpClient,
    archCodes: client.archCodes.join(','),
    uuid: client.machineUuid ?? null,
    relay: client.giaddr === NO_ADDRESS ? null : formatIpv4(client.giaddr),
  };
}

/** The same for programs: which offer, which bootfile, and by which rule. */
function saidData({ decision, target, serverId }: Exchange): NewBootEvent['data'] {
  if (!('boot' in decision)) return { code: decision.code };
  const { boot } = decision;
  return {
    code: decision.code,
    address: 'address' in decision ? formatIpv4(decision.address) : null,
    server: formatIpv4(serverId),
    bootfile: target.kind === 'boot' && boot.kind === 'boot' ? target.bootfile : null,
    nextServer: boot.kind === 'boot' ? formatIpv4(boot.siaddr) : null,
    action: target.kind === 'boot' && boot.kind === 'boot' ? target.action : 'none',
  };
}

function describeDecision({ decision, target }: Exchange): string {
  if (!('boot' in decision)) return decision.reason;
  const { boot } = decision;
  const address =
    'address' in decision ? `${formatIpv4(decision.address)} (${decision.reason})` : decision.reason;
  if (boot.kind === 'none')
    return boot.code === 'not-a-boot-client' ? address : `${address}; no boot file: ${boot.reason}`;
  // A URL that has no room in the header stands in option 67 alone.
  const file = target.kind === 'boot' ? target.bootfile : boot.file;
  // Told once an exchange: the ACK repeats the offer.
  const isOffer = decision.kind === 'offer' || decision.kind === 'proxy-offer';
  const why = isOffer ? ` of ${formatIpv4(boot.siaddr)} (${target.reason})` : '';
  return `${address}; boot file ${file}${why}`;
}
