import { timingSafeEqual } from 'node:crypto';
import type { BmcFailure } from '../domain/power/bmc-error.ts';
import type { CipherSuite } from './cipher-suites.ts';
import { type RakpFacts, rakp2Code, rakp3Code, rakp4Code, sessionIntegrityKey, sessionKeys } from './keys.ts';
import { decodeOpenSessionResponse, encodeOpenSessionRequest, type Privilege } from './open-session.ts';
import { decodePlusPacket, encodePlainPacket, PAYLOAD, type PlusPacket } from './plus-packet.ts';
import { plusWrapping } from './plus-session.ts';
import { decodeRakp2, decodeRakp4, encodeRakp1, encodeRakp3, encodeRakp3Refusal, roleByte } from './rakp.ts';
import { rakpStatus } from './rakp-status.ts';
import { newSession, type SessionState } from './session.ts';

/** All that opening a session of IPMI 2.0 needs. */
export interface LoginFacts {
  readonly suite: CipherSuite;
  readonly privilege: Privilege;
  readonly user: Buffer;
  /** K[UID], 20 bytes. */
  readonly password: Buffer;
  /** KG, 20 bytes; undefined where none is set. */
  readonly kg: Buffer | undefined;
  /** Random, not 0. */
  readonly consoleId: number;
  /** 16 random bytes. */
  readonly consoleRandom: Buffer;
}

/** A login under way: which answer it waits for, and what is known by then. */
export type LoginState =
  | { readonly waitsFor: 'open-session'; readonly facts: LoginFacts; readonly sent: Buffer }
  | { readonly waitsFor: 'rakp2'; readonly facts: LoginFacts; readonly sent: Buffer; readonly bmcId: number }
  | {
      readonly waitsFor: 'rakp4';
      readonly facts: LoginFacts;
      readonly sent: Buffer;
      readonly rakp: RakpFacts;
      readonly sik: Buffer;
    };

export type LoginStep =
  /** Send `state.sent`, and again while no answer comes. */
  | { readonly type: 'send'; readonly state: LoginState }
  | { readonly type: 'open'; readonly session: SessionState }
  | {
      readonly type: 'failed';
      readonly failure: BmcFailure;
      readonly detail: string;
      /** Tells the BMC that it is over, so that it does not keep the session until it times out. */
      readonly goodbye?: Buffer;
    }
  /** The datagram is none that this login waits for; nothing changes. */
  | { readonly type: 'drop'; readonly reason: string };

/** Messages in the order of their tags; each answer brings back the tag of its request. */
const MESSAGES = { open: 0, rakp1: 1, rakp3: 2 } as const;

/** Nobody else knows the console's session ID, so nobody else knows which tag will be taken. */
function tagOf({ consoleId }: LoginFacts, message: keyof typeof MESSAGES): number {
  return (consoleId + MESSAGES[message]) & 0xff;
}

/** Begins with RMCP+ Open Session (IPMI 2.0 §13.15). */
export function startLogin(facts: LoginFacts): LoginState {
  const { privilege, consoleId, suite } = facts;
  const tag = tagOf(facts, 'open');
  const request = encodeOpenSessionRequest({ tag, privilege, consoleId, suite });
  return {
    waitsFor: 'open-session',
    facts,
    sent: encodePlainPacket(PAYLOAD.openSessionRequest, request),
  };
}

/** What follows from a datagram of the BMC. Throws MalformedMessage; the login goes on waiting then. */
export function stepLogin(state: LoginState, datagram: Buffer): LoginStep {
  const packet = decodePlusPacket(datagram);
  if (packet === undefined) return drop('no packet of IPMI 2.0');
  if (packet.sessionId !== 0 || packet.encrypted || packet.authenticated) return drop('packet of a session');
  switch (state.waitsFor) {
    case 'open-session':
      return onOpenSession(state, packet);
    case 'rakp2':
      return onRakp2(state, packet);
    case 'rakp4':
      return onRakp4(state, packet);
  }
}

type Waiting<K extends LoginState['waitsFor']> = Extract<LoginState, { waitsFor: K }>;

function onOpenSession(state: Waiting<'open-session'>, packet: PlusPacket): LoginStep {
  if (packet.payloadType !== PAYLOAD.openSessionResponse) return drop('no Open Session Response');
  const { facts } = state;
  const answer = decodeOpenSessionResponse(packet.payload);
  if (answer.tag !== tagOf(facts, 'open')) return drop('of another login');
  if (!answer.ok) return refused('Open Session', answer.status);
  if (answer.consoleId !== facts.consoleId) return drop('of another login');
  // A BMC that answers with another suite than the one proposed would talk us down to a weaker one.
  if (answer.suite !== facts.suite)
    return failed('no-cipher', `the BMC answers cipher suite ${facts.suite.id} with other algorithms`);
  const rakp1 = encodeRakp1({
    tag: tagOf(facts, 'rakp1'),
    bmcId: answer.bmcId,
    consoleRandom: facts.consoleRandom,
    role: roleByte(facts.privilege),
    user: facts.user,
  });
  const sent = encodePlainPacket(PAYLOAD.rakp1, rakp1);
  return { type: 'send', state: { waitsFor: 'rakp2', facts, sent, bmcId: answer.bmcId } };
}

function onRakp2(state: Waiting<'rakp2'>, packet: PlusPacket): LoginStep {
  if (packet.payloadType !== PAYLOAD.rakp2) return drop('no RAKP 2');
  const { facts, bmcId } = state;
  const answer = decodeRakp2(packet.payload);
  if (answer.tag !== tagOf(facts, 'rakp1')) return drop('of another login');
  if (!answer.ok) return refused('RAKP 1', answer.status);
  if (answer.consoleId !== facts.consoleId) return drop('of another login');
  const rakp: RakpFacts = {
    consoleId: facts.consoleId,
    bmcId,
    consoleRandom: facts.consoleRandom,
    // Copies: the datagram's memory is another's after this call.
    bmcRandom: Buffer.from(answer.bmcRandom),
    bmcGuid: Buffer.from(answer.bmcGuid),
    role: roleByte(facts.privilege),
    user: facts.user,
  };
  if (!sameCode(rakp2Code(facts.suite, facts.password, rakp), answer.authCode))
    return {
      ...failed('wrong-credentials', 'the BMC has another password for this user (RAKP 2)'),
      goodbye: encodePlainPacket(PAYLOAD.rakp3, encodeRakp3Refusal(tagOf(facts, 'rakp3'), bmcId)),
    };
  const authCode = rakp3Code(facts.suite, facts.password, rakp);
  const sent = encodePlainPacket(PAYLOAD.rakp3, encodeRakp3({ tag: tagOf(facts, 'rakp3'), bmcId, authCode }));
  const sik = sessionIntegrityKey(facts.suite, facts.kg ?? facts.password, rakp);
  return { type: 'send', state: { waitsFor: 'rakp4', facts, sent, rakp, sik } };
}

function onRakp4(state: Waiting<'rakp4'>, packet: PlusPacket): LoginStep {
  if (packet.payloadType !== PAYLOAD.rakp4) return drop('no RAKP 4');
  const { facts, rakp, sik } = state;
  const answer = decodeRakp4(packet.payload);
  if (answer.tag !== tagOf(facts, 'rakp3')) return drop('of another login');
  if (!answer.ok) return refused('RAKP 3', answer.status);
  if (answer.consoleId !== facts.consoleId) return drop('of another login');
  // RAKP 2 has shown that the password is right, so only the other key can be wrong.
  if (!sameCode(rakp4Code(facts.suite, sik, rakp), answer.authCode))
    return failed('wrong-credentials', 'the BMC has another key KG (RAKP 4)');
  const wrapping = plusWrapping(facts.suite, sessionKeys(facts.suite, sik), rakp);
  return { type: 'open', session: newSession(wrapping) };
}

function sameCode(expected: Buffer, code: Buffer): boolean {
  return expected.length === code.length && timingSafeEqual(expected, code);
}

function refused(message: string, status: number): LoginStep {
  const { says, failure } = rakpStatus(status);
  return failed(failure, `status 0x${status.toString(16).padStart(2, '0')} to ${message}: ${says}`);
}

function failed(failure: BmcFailure, detail: string): Extract<LoginStep, { type: 'failed' }> {
  return { type: 'failed', failure, detail };
}

function drop(reason: string): LoginStep {
  return { type: 'drop', reason };
}
