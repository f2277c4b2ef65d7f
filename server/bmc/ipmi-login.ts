import type { BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import type { CipherSuiteId } from '../../src/ipmi/cipher-suites.ts';
import { COMPLETED } from '../../src/ipmi/completion-codes.ts';
import { type LoginFacts, type LoginStep, startLogin, stepLogin } from '../../src/ipmi/login.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { encodeOutside, takeOutside } from '../../src/ipmi/outside-session.ts';
import type { RandomBytes, SessionState } from '../../src/ipmi/session.ts';
import {
  type AuthCapabilities,
  decodeAuthCapabilities,
  getAuthCapabilities,
} from '../../src/ipmi/session-commands.ts';
import { suitesToTry } from '../../src/ipmi/suite-choice.ts';
import { credentials } from './ipmi-credentials.ts';
import { type Conversation, NoAnswer, type Verdict } from './ipmi-line.ts';
import { TRY_WAITS_MS } from './ipmi-waits.ts';

/** From this try on a BMC that does not answer Open Session is asked whether it is there at all. */
const PROBE_FROM_ATTEMPT = 2;

/** Which cipher suite a BMC has taken before, by its address and port. */
export interface SuiteMemory {
  find(bmc: string): CipherSuiteId | undefined;
  remember(bmc: string, suite: CipherSuiteId): void;
}

export interface LoginDeps {
  readonly random: RandomBytes;
  readonly suites: SuiteMemory;
}

/** Opens a session of IPMI 2.0. Throws BmcError, or what the conversation was given up with. */
export async function openPlusSession(
  conversation: Conversation,
  target: BmcTarget,
  bmc: string,
  { random, suites }: LoginDeps,
): Promise<SessionState> {
  const { user, password, kg } = credentials(target);
  let refusal: Failed | undefined;
  for (const suite of suitesToTry(target.cipherSuite, suites.find(bmc))) {
    const facts: LoginFacts = {
      suite,
      privilege: target.privilege,
      user,
      password,
      kg,
      consoleId: (random(4).readUInt32LE() | 1) >>> 0,
      consoleRandom: random(16),
    };
    const end = await new Login(conversation, facts, suites.find(bmc) === suite.id).run();
    if (end.type === 'open') {
      suites.remember(bmc, suite.id);
      return end.session;
    }
    if (end.failure !== 'no-cipher') throw new BmcError(end.failure, end.detail);
    refusal = end;
  }
  throw new BmcError('no-cipher', refusal?.detail ?? 'no cipher suite to try');
}

type Failed = Extract<LoginStep, { type: 'failed' }>;
type End = Failed | Extract<LoginStep, { type: 'open' }>;

/** One login with one cipher suite. */
class Login {
  readonly #conversation: Conversation;
  readonly #facts: LoginFacts;
  /** The BMC has taken this suite before: when it is silent now, the suite is not why. */
  readonly #isKnown: boolean;
  readonly #probe;
  #state;
  #capabilities: AuthCapabilities | undefined;

  constructor(conversation: Conversation, facts: LoginFacts, isKnown: boolean) {
    this.#conversation = conversation;
    this.#facts = facts;
    this.#isKnown = isKnown;
    this.#state = startLogin(facts);
    this.#probe = getAuthCapabilities(facts.privilege);
  }

  async run(): Promise<End> {
    try {
      const end = await this.#conversation.exchange<End>({
        send: (attempt) => this.#send(attempt),
        take: (datagram) => this.#take(datagram),
        waitsMs: TRY_WAITS_MS,
      });
      if (end.type === 'failed' && end.goodbye !== undefined) this.#conversation.say(end.goodbye);
      return end;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return this.#silence(error);
    }
  }

  #send(attempt: number): readonly Buffer[] {
    const { waitsFor, sent } = this.#state;
    if (waitsFor !== 'open-session' || attempt < PROBE_FROM_ATTEMPT) return [sent];
    return [sent, encodeOutside(this.#probe, attempt)];
  }

  #take(datagram: Buffer): Verdict<End> {
    const step = stepLogin(this.#state, datagram);
    if (step.type === 'drop') {
      if (this.#state.waitsFor === 'open-session') this.#noteCapabilities(datagram);
      return undefined;
    }
    if (step.type !== 'send') return { done: step };
    this.#state = step.state;
    return 'next';
  }

  #noteCapabilities(datagram: Buffer): void {
    for (let attempt = PROBE_FROM_ATTEMPT; attempt < TRY_WAITS_MS.length; attempt += 1) {
      const response = takeOutside(datagram, this.#probe, attempt);
      if (response?.completionCode === COMPLETED) this.#capabilities = decodeAuthCapabilities(response.data);
    }
  }

  /** What it means that a message was not answered. */
  #silence({ instead }: NoAnswer): Failed {
    const message = { 'open-session': 'Open Session', rakp2: 'RAKP 1', rakp4: 'RAKP 3' }[
      this.#state.waitsFor
    ];
    if (instead instanceof MalformedMessage)
      return failed('malformed', `answer to ${message}: ${instead.message}`);
    if (this.#state.waitsFor !== 'open-session') return failed('timeout', `no answer to ${message}`);
    if (this.#capabilities === undefined)
      return failed('unreachable', instead === undefined ? 'no answer to Open Session' : instead.message);
    if (!this.#capabilities.ipmi20)
      return failed('unsupported', 'the BMC speaks IPMI 1.5 only; choose that protocol to use it');
    if (this.#isKnown) return failed('timeout', 'no answer to Open Session, which it has answered before');
    return failed('no-cipher', `no answer to Open Session with cipher suite ${this.#facts.suite.id}`);
  }
}

function failed(failure: Failed['failure'], detail: string): Failed {
  return { type: 'failed', failure, detail };
}
