import { MESSAGE_TYPE, OPTION } from '../../src/dhcp/codes.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { ipv4ToBytes, NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { spoilPacket } from '../support/hostile-packets.ts';
import { KNOWN_MACS, RELAYS, STRANGER_MACS } from './dhcp-records.ts';
import { type Pick, picker } from './random.ts';
import type { Shot } from './target.ts';

/** An exchange that the server has answered: what a client would go on from. */
interface Answered {
  readonly request: DhcpPacket;
  readonly reply: DhcpPacket;
}

export interface DhcpAim {
  aim(random: () => number): Shot;
  /** The server has answered; later shots go on from there. */
  learn(answered: Answered): void;
}

const REMEMBERED = 64;
/** RFC 2131 §2 figure 1. */
const GIADDR_AT = 24;
const CHADDR_AT = 28;

/**
 * Packets of three sorts: real ones with something spoilt, real ones from other machines, and the next step of an
 * exchange that the server takes part in. Without the last sort hardly any packet would come as far as a lease.
 */
export function createDhcpAim(fixtures: readonly Buffer[]): DhcpAim {
  const answered: Answered[] = [];
  let learned = 0;
  return {
    aim(random) {
      const pick = picker(random);
      const bytes = aimBytes(pick, random, fixtures, answered);
      const isRare = pick.chance(1);
      const afterMs = pick.chance(90) ? pick.below(60) : pick.below(isRare ? 30_000 : 1_000);
      // Most of what comes to the boot server's port is what comes to the other one.
      return { bytes, from: pick.below(64), to: pick.chance(15) ? 1 : 0, afterMs };
    },
    learn(exchange) {
      answered[learned % REMEMBERED] = exchange;
      learned += 1;
    },
  };
}

function aimBytes(
  pick: Pick,
  random: () => number,
  fixtures: readonly Buffer[],
  answered: readonly Answered[],
): Buffer {
  if (answered.length > 0 && pick.chance(40)) {
    const next = nextStep(pick, pick.of(answered));
    return next === undefined || pick.chance(70) ? (next ?? Buffer.alloc(0)) : spoilPacket([next], random);
  }
  if (pick.chance(60)) return spoilPacket(fixtures, random);
  const bytes = Buffer.from(pick.of(fixtures));
  macBytes(pick).copy(bytes, CHADDR_AT);
  if (pick.chance(25)) ipv4ToBytes(pick.of(RELAYS)).copy(bytes, GIADDR_AT);
  return pick.chance(50) ? bytes : spoilPacket([bytes], random);
}

function macBytes(pick: Pick): Buffer {
  return Buffer.from(pick.of([...KNOWN_MACS, ...STRANGER_MACS]).replaceAll(':', ''), 'hex');
}

/** What a client may do with an answer: RFC 2131 §4.3.2 and §4.4. Sometimes it is another machine that does it. */
function nextStep(pick: Pick, { request, reply }: Answered): Buffer | undefined {
  const chaddr = Buffer.from(request.chaddr);
  if (pick.chance(10)) macBytes(pick).copy(chaddr);
  const options = new Map(request.options);
  const serverId = reply.options.get(OPTION.serverId) ?? Buffer.alloc(4);
  const say = (type: number, more: readonly [number, Buffer][], ciaddr = NO_ADDRESS) => {
    for (const code of [OPTION.requestedIp, OPTION.serverId]) options.delete(code);
    for (const [code, value] of [[OPTION.messageType, Buffer.of(type)] as const, ...more])
      options.set(code, value);
    return encodeOrNothing({ ...request, xid: pick.below(2 ** 32), chaddr, ciaddr, options });
  };
  const asked: [number, Buffer] = [OPTION.requestedIp, ipv4ToBytes(reply.yiaddr)];
  const chosen: [number, Buffer] = [OPTION.serverId, serverId];
  return pick.of([
    () => say(MESSAGE_TYPE.request, [asked, chosen]),
    () => say(MESSAGE_TYPE.request, [asked, chosen]),
    () => say(MESSAGE_TYPE.request, [asked]),
    () => say(MESSAGE_TYPE.request, [], reply.yiaddr),
    () => say(MESSAGE_TYPE.decline, [asked, chosen]),
    () => say(MESSAGE_TYPE.release, [chosen], reply.yiaddr),
    () => say(MESSAGE_TYPE.inform, [], reply.yiaddr),
    () => say(MESSAGE_TYPE.discover, [asked]),
    // It has chosen another server.
    () => say(MESSAGE_TYPE.request, [asked, [OPTION.serverId, ipv4ToBytes(pick.of(RELAYS))]]),
  ])();
}

/** A spoilt request may hold texts that fill their field: nothing of ours would write those. */
function encodeOrNothing(packet: DhcpPacket): Buffer | undefined {
  try {
    const bytes = encodePacket(packet);
    decodePacket(bytes);
    return bytes;
  } catch {
    return undefined;
  }
}
