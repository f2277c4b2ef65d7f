import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import type { Deadlines, Waiting } from '../deadlines.ts';
import type { Endpoint } from '../net/datagram.ts';
import type { IpmiPorts, Line } from './ipmi-ports.ts';

/** What a datagram is to an exchange: its end, a reason to go on with what is sent next, or nothing. */
export type Verdict<T> = { readonly done: T } | 'next' | undefined;

/** A question and its answer, or several of them in a row. */
export interface Exchange<T> {
  /** What to send; `attempt` counts from 0, and from 0 again after `next`. */
  send(attempt: number): readonly Buffer[];
  /** Throws MalformedMessage for bytes that are no answer; the exchange goes on waiting then. */
  take(datagram: Buffer): Verdict<T>;
  /** How long to wait after each try. */
  readonly waitsMs: readonly number[];
}

/** No answer came in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** What did come and was no answer, or why nothing could be sent. */
  readonly instead: MalformedMessage | Error | undefined;

  constructor(instead: MalformedMessage | Error | undefined) {
    super(instead === undefined ? 'no answer' : `no answer: ${instead.message}`);
    this.instead = instead;
  }
}

export interface ConversationDeps {
  readonly ports: IpmiPorts;
  readonly deadlines: Deadlines;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Bytes that are no valid message, for the log. */
  readonly onMalformed: (bmc: Endpoint, error: MalformedMessage, bytes: Buffer) => void;
}

interface Running {
  send(attempt: number): readonly Buffer[];
  /** True when it is over. */
  take(datagram: Buffer): 'over' | 'next' | 'wait';
  fail(error: unknown): void;
  readonly waitsMs: readonly number[];
}

/** Talks with one BMC, one exchange at a time, sending again what is not answered. */
export class Conversation implements Waiting {
  readonly #deps: ConversationDeps;
  readonly #bmc: Endpoint;
  #line: Line | undefined;
  #running: Running | undefined;
  #attempt = 0;
  #deadlineMs = 0;
  #instead: MalformedMessage | Error | undefined;
  #given: unknown;
  #over = false;
  /** Takes what comes while nothing is asked. */
  #listener: ((datagram: Buffer) => void) | undefined;

  private constructor(deps: ConversationDeps, bmc: Endpoint) {
    this.#deps = deps;
    this.#bmc = bmc;
  }

  /** Rejects with the system's error where there is no socket to be had. */
  static async open(deps: ConversationDeps, bmc: Endpoint): Promise<Conversation> {
    const conversation = new Conversation(deps, bmc);
    conversation.#line = await deps.ports.open(bmc, conversation);
    return conversation;
  }

  /** Rejects with NoAnswer, or with what `give up` was called with. There must be no other exchange under way. */
  exchange<T>(exchange: Exchange<T>): Promise<T> {
    if (this.#over) return Promise.reject(this.#given ?? conversationOver());
    if (this.#running !== undefined) throw new Error('an exchange with this BMC is under way');
    return new Promise<T>((resolve, reject) => {
      this.#running = {
        send: (attempt) => exchange.send(attempt),
        take: (datagram) => {
          const verdict = exchange.take(datagram);
          if (verdict === undefined) return 'wait';
          if (verdict === 'next') return 'next';
          resolve(verdict.done);
          return 'over';
        },
        fail: reject,
        waitsMs: exchange.waitsMs,
      };
      this.#instead = undefined;
      this.#deps.deadlines.add(this);
      this.#try(0);
    });
  }

  /** From now on what comes while no exchange is under way goes to `listener`; it may throw MalformedMessage. */
  listen(listener: (datagram: Buffer) => void): void {
    this.#listener = listener;
  }

  /** Sends something that nobody waits for. */
  say(bytes: Buffer): void {
    this.#line?.send(bytes);
  }

  /** What waits fails with `reason`, now and from now on. */
  giveUp(reason: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#given = reason;
    this.#end()?.fail(reason);
  }

  /** Takes no more datagrams. */
  leave(): void {
    // Nobody hears of it, mostly: an error, with its stack trace, is made for whom it meets.
    if (this.#running === undefined) this.#over = true;
    else this.giveUp(conversationOver());
    this.#line?.leave();
  }

  message(datagram: Buffer): void {
    try {
      this.#take(datagram);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) {
        this.#end()?.fail(error);
        return;
      }
      // Anybody can send from a forged address: what is no valid message never ends an exchange.
      this.#instead = error;
      this.#deps.onMalformed(this.#bmc, error, datagram);
    }
  }

  #take(datagram: Buffer): void {
    if (this.#running === undefined) {
      if (!this.#over) this.#listener?.(datagram);
      return;
    }
    const verdict = this.#running.take(datagram);
    if (verdict === 'over') this.#end();
    else if (verdict === 'next') this.#try(0);
  }

  /** What could not be sent counts as lost, and the end tells why. */
  failure(error: Error): void {
    this.#instead = error;
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(): void {
    const waits = this.#running?.waitsMs ?? [];
    if (this.#attempt + 1 < waits.length) this.#try(this.#attempt + 1);
    else this.#end()?.fail(new NoAnswer(this.#instead));
  }

  #try(attempt: number): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#attempt = attempt;
    this.#deadlineMs = this.#deps.now() + (running.waitsMs[attempt] ?? 0);
    for (const bytes of running.send(attempt)) this.#line?.send(bytes);
  }

  #end(): Running | undefined {
    const running = this.#running;
    this.#running = undefined;
    this.#deps.deadlines.remove(this);
    return running;
  }
}

function conversationOver(): Error {
  return new Error('the conversation is over');
}
