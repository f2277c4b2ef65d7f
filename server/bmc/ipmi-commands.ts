import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { COMPLETED, completionCode, INSUFFICIENT_PRIVILEGE } from '../../src/ipmi/completion-codes.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import type { IpmiRequest, IpmiResponse } from '../../src/ipmi/message.ts';
import type { Privilege } from '../../src/ipmi/open-session.ts';
import {
  ask,
  askAgain,
  type RandomBytes,
  type SessionState,
  sendPayload,
  take,
} from '../../src/ipmi/session.ts';
import { closeSession, setPrivilege } from '../../src/ipmi/session-commands.ts';
import { type Conversation, NoAnswer } from './ipmi-line.ts';
import { CLOSE_WAITS_MS, ONCE_WAITS_MS, TRY_WAITS_MS } from './ipmi-waits.ts';

export type PayloadListener = (payloadType: number, payload: Buffer) => void;

/** Commands in an open session, one after the other. */
export class IpmiCommands {
  readonly #conversation: Conversation;
  readonly #random: RandomBytes;
  readonly #privilege: Privilege;
  #state: SessionState;
  #raised: boolean;
  #onPayload: PayloadListener | undefined;

  constructor(conversation: Conversation, state: SessionState, privilege: Privilege, random: RandomBytes) {
    this.#conversation = conversation;
    this.#state = state;
    this.#privilege = privilege;
    this.#random = random;
    this.#raised = privilege === 'user';
  }

  /** The answer, whatever its completion code. Throws BmcError. */
  async ask(request: IpmiRequest, waitsMs: readonly number[] = TRY_WAITS_MS): Promise<IpmiResponse> {
    if (request.operator === true) await this.#raise();
    const response = await this.#exchange(request, waitsMs);
    if (response.completionCode !== INSUFFICIENT_PRIVILEGE || this.#raised) return response;
    // Some BMCs begin a session below User.
    await this.#raise();
    return this.#exchange(request, waitsMs);
  }

  /** What a command that must succeed answers. Throws BmcError. */
  async run(request: IpmiRequest, waitsMs: readonly number[] = TRY_WAITS_MS): Promise<Buffer> {
    return completed(request, await this.ask(request, waitsMs));
  }

  /** The same for a command that must not be done twice: it is sent once, and after a timeout nobody knows. */
  runOnce(request: IpmiRequest): Promise<Buffer> {
    return this.run(request, ONCE_WAITS_MS);
  }

  /** What a command answers, read. Throws BmcError, also for an answer that cannot be read. */
  async read<T>(request: IpmiRequest, decode: (data: Buffer) => T): Promise<T> {
    return readAnswer(await this.run(request), decode);
  }

  /** Hears what the BMC sends by itself in this session, by the type of the payload. */
  listen(onPayload: PayloadListener): void {
    this.#onPayload = onPayload;
    this.#conversation.listen((datagram) => this.#take(datagram));
  }

  /** Sends a payload that is no IPMI message; nobody waits for an answer. */
  send(payloadType: number, payload: Buffer): void {
    const { state, bytes } = sendPayload(this.#state, payloadType, payload, this.#random);
    this.#state = state;
    this.#conversation.say(bytes);
  }

  /** Gives the session back to the BMC, which has few. Never throws. */
  async close(): Promise<void> {
    const request = closeSession(this.#state.wrapping.bmcId);
    await this.#exchange(request, CLOSE_WAITS_MS).catch(() => {});
  }

  /** The same where nobody may wait any more. */
  closeUnheard(): void {
    const sent = ask(this.#state, closeSession(this.#state.wrapping.bmcId), this.#random);
    this.#conversation.say(sent.bytes);
  }

  /** A session begins at User. Once is enough, and what only reads does not need it. */
  async #raise(): Promise<void> {
    if (this.#raised) return;
    this.#raised = true;
    const request = setPrivilege(this.#privilege);
    const { completionCode: code } = await this.#exchange(request, TRY_WAITS_MS);
    // 80h: not for this user; 81h: above the limit of the channel or the user (IPMI 2.0 §22.18).
    if (code === 0x80 || code === 0x81)
      throw new BmcError('privilege', `completion code 0x${code.toString(16)} to ${request.name}`);
    if (code !== COMPLETED) throw refusal(request, code);
  }

  async #exchange(request: IpmiRequest, waitsMs: readonly number[]): Promise<IpmiResponse> {
    try {
      return await this.#conversation.exchange<IpmiResponse>({
        send: (attempt) => [this.#send(attempt, request)],
        take: (datagram) => this.#take(datagram),
        waitsMs,
      });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.instead instanceof MalformedMessage)
        throw new BmcError('malformed', `answer to ${request.name}: ${error.instead.message}`);
      throw new BmcError('timeout', `no answer to ${request.name}`);
    }
  }

  #send(attempt: number, request: IpmiRequest): Buffer {
    const again = attempt === 0 ? undefined : askAgain(this.#state, this.#random);
    const { state, bytes } = again ?? ask(this.#state, request, this.#random);
    this.#state = state;
    return bytes;
  }

  #take(datagram: Buffer): { done: IpmiResponse } | undefined {
    const taken = take(this.#state, datagram);
    this.#state = taken.state;
    if ('payload' in taken) this.#onPayload?.(taken.payload.payloadType, taken.payload.payload);
    return 'response' in taken ? { done: taken.response } : undefined;
  }
}

/** The data of an answer that must have succeeded. Throws BmcError. */
export function completed(request: IpmiRequest, response: IpmiResponse): Buffer {
  if (response.completionCode !== COMPLETED) throw refusal(request, response.completionCode);
  return response.data;
}

/** What a completion code is as an outcome. */
export function refusal(request: IpmiRequest, code: number): BmcError {
  const { says, failure } = completionCode(code);
  const hex = code.toString(16).padStart(2, '0');
  return new BmcError(failure, `completion code 0x${hex} to ${request.name}: ${says}`);
}

/** Throws BmcError where an answer cannot be read. */
export function readAnswer<T>(data: Buffer, decode: (data: Buffer) => T): T {
  try {
    return decode(data);
  } catch (error) {
    if (error instanceof MalformedMessage) throw new BmcError('malformed', error.message);
    throw error;
  }
}
