import { encodeSol, type SolFromBmc } from './sol.ts';

/** A packet to the BMC that waits for its ACK. */
interface Pending {
  readonly sequence: number;
  readonly characters: Buffer;
  readonly sendBreak: boolean;
  readonly attempt: number;
  readonly deadlineMs: number;
}

/** Both directions of one SOL, between two packets (IPMI 2.0 §15.11): one packet each way waits for its ACK. */
export interface SolFlow {
  readonly charactersMax: number;
  /** What people typed and was not sent yet. */
  readonly waiting: Buffer;
  readonly breakWaiting: boolean;
  readonly pending: Pending | undefined;
  readonly lastSequence: number;
  /** The last packet of the BMC, and how many of its characters were taken: it may come again. */
  readonly heardSequence: number;
  readonly heardCharacters: number;
}

export interface SolStep {
  readonly flow: SolFlow;
  /** SOL payloads to send, in this order. */
  readonly send: readonly Buffer[];
  /** What the machine wrote. */
  readonly output: Buffer;
  /** It is over. */
  readonly ended: 'deactivated' | 'silent' | undefined;
}

/** What may wait to be typed: a machine that takes nothing must not fill our memory. */
export const WAITING_MAX = 16 * 1024;
/** How long to wait for an ACK, and how often a packet is sent; a BMC that was busy for ten seconds is not gone. */
const ACK_WAIT_MS = 1_000;
const TRIES_MAX = 15;
/** Where nothing can be sent to the machine now. */
const UNAVAILABLE_WAIT_MS = 2_000;

const NOTHING = Buffer.alloc(0);

/**
 * Before the first packet. `lastSequence` (0–15) is that of the last packet of the SOL before: some BMCs remember it, and
 * take a first packet with the same number for one that comes again.
 */
export function newSolFlow(charactersMax: number, lastSequence: number): SolFlow {
  return {
    charactersMax,
    waiting: NOTHING,
    breakWaiting: false,
    pending: undefined,
    lastSequence,
    heardSequence: 0,
    heardCharacters: 0,
  };
}

/** Something was typed. Throws RangeError where more waits than a line may hold. */
export function typed(flow: SolFlow, characters: Buffer, nowMs: number): SolStep {
  const waiting = Buffer.concat([flow.waiting, characters]);
  if (waiting.length > WAITING_MAX)
    throw new RangeError(`${waiting.length} characters wait to be taken by the machine`);
  return sendNext({ ...flow, waiting }, nowMs);
}

/** A break is to be sent, behind what was typed. */
export function breakTyped(flow: SolFlow, nowMs: number): SolStep {
  return sendNext({ ...flow, breakWaiting: true }, nowMs);
}

/** A packet of the BMC. */
export function solHeard(flow: SolFlow, packet: SolFromBmc, nowMs: number): SolStep {
  const heard = takeCharacters(flow, packet);
  const acked = takeAck(heard.flow, packet, nowMs);
  const next = sendNext(acked, nowMs);
  return {
    flow: next.flow,
    send: heard.ack === undefined ? next.send : [heard.ack, ...next.send],
    output: heard.output,
    ended: packet.deactivated ? 'deactivated' : undefined,
  };
}

/** When to call `solTimer`, unless something else happens first. */
export function solDeadlineMs(flow: SolFlow): number {
  return flow.pending?.deadlineMs ?? Number.POSITIVE_INFINITY;
}

/** The deadline is over: the packet goes again, as it was. */
export function solTimer(flow: SolFlow, nowMs: number): SolStep {
  const { pending } = flow;
  if (pending === undefined || pending.deadlineMs > nowMs) return quiet(flow);
  if (pending.attempt + 1 >= TRIES_MAX) return { ...quiet(flow), ended: 'silent' };
  const again = { ...pending, attempt: pending.attempt + 1, deadlineMs: nowMs + ACK_WAIT_MS };
  return { ...quiet({ ...flow, pending: again }), send: [bytesOf(again)] };
}

/** Characters of the machine, and the ACK of them; a packet that comes again is taken from where it was left. */
function takeCharacters(
  flow: SolFlow,
  { sequence, characters }: SolFromBmc,
): { flow: SolFlow; output: Buffer; ack: Buffer | undefined } {
  if (sequence === 0) return { flow, output: NOTHING, ack: undefined };
  const known = sequence === flow.heardSequence ? flow.heardCharacters : 0;
  const heardCharacters = Math.max(known, characters.length);
  const ack = encodeSol({
    sequence: 0,
    ackedSequence: sequence,
    accepted: characters.length,
    sendBreak: false,
    characters: NOTHING,
  });
  // A copy: the packet's memory is another's after this call.
  const output = Buffer.from(characters.subarray(known));
  return { flow: { ...flow, heardSequence: sequence, heardCharacters }, output, ack };
}

/** What the BMC says about our packet. */
function takeAck(flow: SolFlow, packet: SolFromBmc, nowMs: number): SolFlow {
  const { pending } = flow;
  if (pending === undefined || packet.ackedSequence !== pending.sequence) return flow;
  // Nothing was taken, and nothing will be for now: the same packet goes again later.
  if (packet.nack && packet.accepted === 0 && pending.characters.length > 0) {
    const waitMs = packet.unavailable ? UNAVAILABLE_WAIT_MS : ACK_WAIT_MS;
    return { ...flow, pending: { ...pending, deadlineMs: nowMs + waitMs } };
  }
  const left = packet.nack ? pending.characters.subarray(packet.accepted) : NOTHING;
  return { ...flow, pending: undefined, waiting: Buffer.concat([left, flow.waiting]) };
}

function sendNext(flow: SolFlow, nowMs: number): SolStep {
  const { pending, waiting, breakWaiting, charactersMax, lastSequence } = flow;
  if (pending !== undefined || (waiting.length === 0 && !breakWaiting)) return quiet(flow);
  const characters = waiting.subarray(0, charactersMax);
  const next: Pending = {
    // 1 to 15, round and round.
    sequence: (lastSequence % 15) + 1,
    characters,
    // Not before what was typed before it.
    sendBreak: breakWaiting && characters.length === waiting.length,
    attempt: 0,
    deadlineMs: nowMs + ACK_WAIT_MS,
  };
  const rest: SolFlow = {
    ...flow,
    waiting: waiting.subarray(characters.length),
    breakWaiting: breakWaiting && !next.sendBreak,
    pending: next,
    lastSequence: next.sequence,
  };
  return { ...quiet(rest), send: [bytesOf(next)] };
}

function bytesOf({ sequence, characters, sendBreak }: Pending): Buffer {
  return encodeSol({ sequence, ackedSequence: 0, accepted: 0, sendBreak, characters });
}

function quiet(flow: SolFlow): SolStep {
  return { flow, send: [], output: NOTHING, ended: undefined };
}
