import type { BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError, type BmcFailure } from '../../src/domain/power/bmc-error.ts';
import { COMPLETED } from '../../src/ipmi/completion-codes.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import {
  answers,
  decodeResponse,
  encodeRequest,
  type IpmiRequest,
  type IpmiResponse,
} from '../../src/ipmi/message.ts';
import {
  activateSession,
  decodeActivatedSession,
  decodeSessionChallenge,
  getSessionChallenge,
  OLD_LOGIN_CODES,
} from '../../src/ipmi/old-login.ts';
import { AUTH_TYPE } from '../../src/ipmi/old-packet.ts';
import { oldWrapping } from '../../src/ipmi/old-session.ts';
import { encodeOutside, takeOutside } from '../../src/ipmi/outside-session.ts';
import { PAYLOAD } from '../../src/ipmi/plus-packet.ts';
import { newSession, type RandomBytes, type SessionState } from '../../src/ipmi/session.ts';
import { decodeAuthCapabilities, getAuthCapabilities } from '../../src/ipmi/session-commands.ts';
import { readAnswer, refusal } from './ipmi-commands.ts';
import { credentials } from './ipmi-credentials.ts';
import { type Conversation, type Exchange, NoAnswer } from './ipmi-line.ts';
import { TRY_WAITS_MS } from './ipmi-waits.ts';

/** Opens a session of IPMI 1.5 with MD5 (IPMI 2.0 §13.14). Throws BmcError, or what the conversation was given up with. */
export async function openOldSession(
  conversation: Conversation,
  target: BmcTarget,
  random: RandomBytes,
): Promise<SessionState> {
  const { user, password } = credentials(target);
  const login = new OldLogin(conversation, random);
  const capabilities = await login.outside(getAuthCapabilities(target.privilege), 'unreachable');
  if (!readAnswer(capabilities, decodeAuthCapabilities).md5)
    throw new BmcError('no-cipher', 'the BMC does not offer MD5 for IPMI 1.5, and less is not used');
  const answer = await login.outside(getSessionChallenge(user), 'timeout');
  const { temporaryId, challenge } = readAnswer(answer, decodeSessionChallenge);
  const firstFromBmc = (random(4).readUInt32LE() | 1) >>> 0;
  const request = activateSession(target.privilege, challenge, firstFromBmc);
  const activated = readAnswer(await login.activate(request, temporaryId, password), decodeActivatedSession);
  return newSession(oldWrapping({ ...activated, password }));
}

/** The three steps of a login. */
class OldLogin {
  readonly #conversation: Conversation;
  readonly #random: RandomBytes;
  #sequence = 0;

  constructor(conversation: Conversation, random: RandomBytes) {
    this.#conversation = conversation;
    this.#random = random;
  }

  /** A request outside of a session. */
  outside(request: IpmiRequest, silence: BmcFailure): Promise<Buffer> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const bytes = encodeOutside(request, sequence);
    return this.#ask(request, silence, {
      send: () => [bytes],
      take: (datagram) => {
        const response = takeOutside(datagram, request, sequence);
        // A copy: the datagram's memory is another's after this call.
        return response && { done: { ...response, data: Buffer.from(response.data) } };
      },
      waitsMs: TRY_WAITS_MS,
    });
  }

  /** Activate Session is the first that is signed; its packet has sequence number 0. */
  activate(request: IpmiRequest, sessionId: number, password: Buffer): Promise<Buffer> {
    const wrapping = oldWrapping({ sessionId, authType: AUTH_TYPE.md5, password, firstSequence: 0 });
    this.#sequence += 1;
    const sequence = this.#sequence;
    const bytes = wrapping.seal(PAYLOAD.ipmi, 0, encodeRequest(request, sequence), this.#random);
    // A BMC drops a packet that is signed with another password, and says nothing.
    return this.#ask(request, 'wrong-credentials', {
      send: () => [bytes],
      // Which number this first answer has, BMCs do not agree on; it is signed.
      take: (datagram) => {
        const opened = wrapping.open(datagram);
        if (typeof opened === 'string') return undefined;
        const response = decodeResponse(opened.payload);
        return answers(response, request, sequence) ? { done: response } : undefined;
      },
      waitsMs: TRY_WAITS_MS,
    });
  }

  async #ask(request: IpmiRequest, silence: BmcFailure, exchange: Exchange<IpmiResponse>): Promise<Buffer> {
    try {
      const { completionCode, data } = await this.#conversation.exchange(exchange);
      if (completionCode === COMPLETED) return data;
      const failure = OLD_LOGIN_CODES[request.name]?.[completionCode];
      const refused = refusal(request, completionCode);
      throw failure === undefined ? refused : new BmcError(failure, refused.message);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.instead instanceof MalformedMessage)
        throw new BmcError('malformed', `answer to ${request.name}: ${error.instead.message}`);
      throw new BmcError(silence, `no answer to ${request.name}`);
    }
  }
}
