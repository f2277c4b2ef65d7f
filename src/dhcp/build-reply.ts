import { type Ipv4, ipv4ToBytes, NO_ADDRESS } from '../domain/network/ipv4.ts';
import type { BootAnswer } from './boot-answer.ts';
import type { DhcpClient } from './client.ts';
import { BROADCAST_FLAG, MESSAGE_TYPE, OP, OPTION } from './codes.ts';
import type { NakDecision, ReplyDecision } from './decision.ts';
import type { DhcpFacts } from './facts.ts';
import { networkOptions } from './network-options.ts';
import type { OptionMap } from './option-area.ts';
import { textBytes, u8Bytes, u32Bytes } from './options.ts';
import type { DhcpPacket } from './packet.ts';
import { serverIdFor } from './situation.ts';

type AnswerDecision = Exclude<ReplyDecision, NakDecision>;
type OptionEntry = readonly [code: number, value: Buffer];

/** What a reply is made from; `request` and `client` are the same packet. */
export interface ReplyInput {
  readonly request: DhcpPacket;
  readonly client: DhcpClient;
  readonly facts: DhcpFacts;
  readonly decision: ReplyDecision;
}

/**
 * Makes the packet that carries out a decision, RFC 2131 §4.3.1 table 3. Encode it with `client.maxReplyBytes`.
 *
 * Nothing is left out to make it fit: an encodePacket error here means that the subnet's or the target's values are
 * too long for this client, which a person must see.
 */
export function buildReply(input: ReplyInput): DhcpPacket {
  const { decision } = input;
  return decision.kind === 'nak' ? buildNak(input, decision) : buildAnswer(input, decision);
}

/**
 * Fields and options that RFC 2131 table 3 allows in a NAK, no others. The message is the code, not the sentence: that
 * may name another machine.
 */
function buildNak({ request, client, facts }: ReplyInput, decision: NakDecision): DhcpPacket {
  return {
    ...replyHeader(request),
    // The relay must not unicast to an address that the client may not have: RFC 2131 §4.3.2.
    flags: request.giaddr === NO_ADDRESS ? request.flags : request.flags | BROADCAST_FLAG,
    options: new Map<number, Buffer>([
      [OPTION.messageType, u8Bytes(MESSAGE_TYPE.nak)],
      [OPTION.serverId, ipv4ToBytes(serverIdFor(client, facts))],
      [OPTION.message, textBytes(decision.code)],
      ...echoed(request, [OPTION.clientId, OPTION.relayAgentInfo]),
    ]),
  };
}

function buildAnswer({ request, client, facts }: ReplyInput, decision: AnswerDecision): DhcpPacket {
  const { boot } = decision;
  return {
    ...replyHeader(request),
    ciaddr: decision.kind === 'ack' || decision.kind === 'inform-ack' ? request.ciaddr : NO_ADDRESS,
    yiaddr: decision.kind === 'inform-ack' ? NO_ADDRESS : decision.address,
    siaddr: boot.kind === 'boot' ? boot.siaddr : NO_ADDRESS,
    file: boot.kind === 'boot' ? boot.file : '',
    options: new Map<number, Buffer>([
      ...protocolOptions(decision, serverIdFor(client, facts)),
      ...(facts.subnet === undefined ? [] : networkOptions(client, facts, facts.subnet)),
      ...bootOptions(boot),
      ...echoed(request, echoedIn(decision)),
    ]),
  };
}

/** What every reply copies from its request; everything else starts empty. */
export function replyHeader(request: DhcpPacket): DhcpPacket {
  return {
    op: OP.bootReply,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    flags: request.flags,
    ciaddr: NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: '',
    file: '',
    options: new Map(),
  };
}

/** Type, server and lease times. A BOOTP client gets none of them, RFC 1534 §2; an INFORM no times, RFC 2131 §4.3.5. */
function protocolOptions(decision: AnswerDecision, serverId: Ipv4): OptionEntry[] {
  if (decision.kind === 'bootp-reply') return [];
  const type = decision.kind === 'offer' ? MESSAGE_TYPE.offer : MESSAGE_TYPE.ack;
  const common: OptionEntry[] = [
    [OPTION.messageType, u8Bytes(type)],
    [OPTION.serverId, ipv4ToBytes(serverId)],
  ];
  if (decision.kind === 'inform-ack') return common;
  const { leaseSeconds } = decision;
  return [
    ...common,
    [OPTION.leaseTime, u32Bytes(leaseSeconds)],
    // T1 and T2, RFC 2131 §4.4.5: half and seven eighths.
    [OPTION.renewalTime, u32Bytes(Math.floor(leaseSeconds / 2))],
    [OPTION.rebindingTime, u32Bytes(Math.floor((leaseSeconds * 7) / 8))],
  ];
}

function bootOptions(boot: BootAnswer): OptionMap {
  return boot.kind === 'boot' ? boot.options : new Map();
}

/**
 * Options that go back as they came: the client id (RFC 6842 §3), the machine UUID (RFC 4578 §2.3; never invented, as
 * some ROMs send none) and the relay's (RFC 3046 §2.2).
 */
function echoedIn(decision: AnswerDecision): readonly number[] {
  const always = [OPTION.machineUuid, OPTION.relayAgentInfo];
  return decision.kind === 'bootp-reply' ? always : [OPTION.clientId, ...always];
}

export function echoed(request: DhcpPacket, codes: readonly number[]): OptionEntry[] {
  return codes.flatMap((code) => {
    const value = request.options.get(code);
    return value === undefined ? [] : [[code, value] as const];
  });
}
