import { MESSAGE_TYPE, OPTION } from '../../src/dhcp/codes.ts';
import { type Mac, macFromBytes } from '../../src/domain/network/mac.ts';
import type { UdpAddress } from '../net/udp-socket.ts';
import type { ClientLimits } from './client-limits.ts';
import { type DhcpCounters, isWorthLogging } from './counters.ts';

/** What decides which packets are served first, and which not at all. */
export interface IntakePolicy {
  readonly limits: ClientLimits;
  /** Is there a record of this machine? Must be cheap: it is asked in a storm. */
  readonly isKnown: (mac: Mac) => boolean;
  readonly nowMs: () => number;
}

export interface IntakeDeps extends IntakePolicy {
  readonly serve: (bytes: Buffer, source: UdpAddress) => void;
  readonly counters: DhcpCounters;
  readonly log: { warn(fields: object, message: string): void };
  readonly interfaceName: string;
  /** So many packets are in work that the rest of the places is for machines with a record. */
  readonly isCrowded: () => boolean;
  /** Calls back when the packets that wait in the socket have had their turn; setImmediate. */
  readonly later: (work: () => void) => void;
}

/** Packets between the socket and the service. */
export interface Intake {
  take(bytes: Buffer, source: UdpAddress): void;
}

/**
 * Node by itself hands over up to 32 datagrams in one turn of its loop. This many in one turn means that more are waiting
 * in the socket: a queue builds.
 */
const BUSY_PACKETS_A_TURN = 24;
/**
 * Packets of strangers served in a turn in which Node may have left some in the socket. Fewer would empty the socket
 * faster, for the machines with a record, but throw away work that could be done where all are strangers.
 */
const STRANGERS_A_BUSY_TURN = 8;
/** Taken in one turn, so many say that the socket is emptied in each (net/datagram-drain.ts). */
const DRAINED_PACKETS_A_TURN = 33;
const STRANGERS_A_TURN = 32;
/** Strangers that wait; whoever comes after them asks again after some seconds, RFC 2131 §4.1. */
const MOST_WAITING = 4_096;

/**
 * Serves packets as they come, as long as they come one by one. When a queue builds, machines with a record are served
 * at once and strangers wait, and are dropped when too many do: the socket's own queue, in which all are alike and
 * the newest is lost, must be kept short. Of the machines with a record those that look for an address go first: an
 * OFFER is a moment's work, and what follows a REQUEST (the disk, a loader, a kernel) would hold up the others' first
 * word. A client beyond its rate is dropped in any case.
 */
export function createIntake(deps: IntakeDeps): Intake {
  const { limits, isKnown, nowMs, serve, counters, log, interfaceName, isCrowded, later } = deps;
  const waiting: { readonly bytes: Buffer; readonly source: UdpAddress }[] = [];
  const requests: { readonly bytes: Buffer; readonly source: UdpAddress }[] = [];
  let taken = 0;
  let turnEnds = false;

  const drop = (count: 'limited' | 'strangersDropped', message: string): void => {
    counters[count] += 1;
    if (isWorthLogging(counters[count]))
      log.warn({ interface: interfaceName, count: counters[count] }, message);
  };
  const endTurn = (): void => {
    const isBusy = taken >= BUSY_PACKETS_A_TURN && taken < DRAINED_PACKETS_A_TURN;
    const share = isBusy ? STRANGERS_A_BUSY_TURN : STRANGERS_A_TURN;
    taken = 0;
    for (const { bytes, source } of requests.splice(0)) serve(bytes, source);
    for (const { bytes, source } of waiting.splice(0, share)) serve(bytes, source);
    turnEnds = waiting.length > 0;
    if (turnEnds) later(endTurn);
  };
  const isStranger = (bytes: Buffer): boolean => !isKnown(macFromBytes(bytes.subarray(CHADDR_AT)));

  return {
    take(bytes, source) {
      // Counted before anything is dropped: a flood of one client fills the socket as well.
      taken += 1;
      if (!turnEnds) {
        turnEnds = true;
        later(endTurn);
      }
      if (limits.judge(bytes, nowMs()) === 'limited')
        return drop('limited', 'DHCP packets dropped: a client, or what is no DHCP, comes too often');
      const queueBuilds = taken >= BUSY_PACKETS_A_TURN || waiting.length > 0 || isCrowded();
      if (!queueBuilds) return serve(bytes, source);
      if (!isStranger(bytes)) {
        if (!isRequest(bytes)) return serve(bytes, source);
        requests.push({ bytes, source });
        return;
      }
      if (waiting.length >= MOST_WAITING || isCrowded())
        return drop('strangersDropped', 'DHCP overloaded: packets of machines without a record are dropped');
      waiting.push({ bytes, source });
    },
  };
}

/** RFC 2131 §2 figure 1. */
const CHADDR_AT = 28;
/** Option 53, RFC 2132 §9.6, where all firmware has it: first, behind the cookie. */
const MESSAGE_TYPE_AT = 240;
const REQUEST = [OPTION.messageType, 1, MESSAGE_TYPE.request];

function isRequest(bytes: Buffer): boolean {
  return REQUEST.every((byte, index) => bytes[MESSAGE_TYPE_AT + index] === byte);
}
