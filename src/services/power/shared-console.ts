import { DomainError } from '../../domain/errors.ts';
import type { BmcConsole } from '../../domain/power/bmc-console.ts';

/** Somebody who looks at a console. */
export interface ConsoleViewer {
  /** What the machine writes, and notices between. Called in order; must not throw. */
  show(bytes: Buffer): void;
  /** It is over; nothing follows. */
  end(): void;
}

export interface ConsoleSeat {
  readonly id: string;
  readonly person: string;
  readonly viewer: ConsoleViewer;
}

/** Where the output of a console is kept. */
export interface ConsoleLog {
  write(bytes: Buffer): void;
  close(): Promise<void>;
}

/** What a newcomer is shown of before. */
const REPLAY_BYTES = 16 * 1024;

/** One console that many look at and one types at. */
export class SharedConsole {
  readonly #seats = new Map<string, ConsoleSeat>();
  readonly #log: ConsoleLog;
  #console: BmcConsole | undefined;
  #writer: string | undefined;
  #replay: Buffer = Buffer.alloc(0);

  constructor(log: ConsoleLog) {
    this.#log = log;
  }

  /** The console is open; until then what it writes is shown already. */
  opened(console: BmcConsole): void {
    this.#console = console;
  }

  /** What the machine wrote. */
  output(bytes: Buffer): void {
    this.#log.write(bytes);
    this.#replay = Buffer.concat([this.#replay, bytes]).subarray(-REPLAY_BYTES);
    for (const { viewer } of this.#seats.values()) viewer.show(bytes);
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0;
  }

  /** Who types; undefined where nobody does. */
  get writer(): string | undefined {
    return this.#writer === undefined ? undefined : this.#seats.get(this.#writer)?.person;
  }

  /** Takes a seat, to type where that is wanted and free, or taken from who has it. True where it may type. */
  join(seat: ConsoleSeat, mode: 'write' | 'watch' | 'steal'): boolean {
    this.#seats.set(seat.id, seat);
    if (this.#replay.length > 0) seat.viewer.show(this.#replay);
    if (mode === 'watch' || (mode === 'write' && this.writer !== undefined)) return false;
    const before = this.#writer === undefined ? undefined : this.#seats.get(this.#writer);
    before?.viewer.show(notice(`${seat.person} has taken the keyboard; you watch from now on`));
    this.#writer = seat.id;
    return true;
  }

  leave(id: string): void {
    this.#seats.delete(id);
    if (this.#writer === id) this.#writer = undefined;
  }

  /** Types. Throws DomainError where it is another's turn, or the machine takes nothing. */
  type(id: string, person: string, bytes: Buffer): void {
    this.#atKeyboard(id, person);
    try {
      this.#console?.write(bytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DomainError('wrong-state', `the machine takes nothing: ${error.message}`, {
        hint: 'wait, or look at its power: provision power status',
      });
    }
  }

  sendBreak(id: string, person: string): void {
    this.#atKeyboard(id, person);
    this.#console?.sendBreak();
  }

  /** Ends it for all, with the reason in words. */
  async end(reason: string | null): Promise<void> {
    for (const { viewer } of this.#seats.values()) {
      if (reason !== null) viewer.show(notice(reason));
      viewer.end();
    }
    this.#seats.clear();
    await this.#console?.close();
    await this.#log.close();
  }

  #atKeyboard(id: string, person: string): void {
    // Whoever learns the id of a seat must not type in its owner's name.
    if (this.#seats.get(id)?.person !== person)
      throw new DomainError('not-found', 'nobody sits there at this console', { hint: 'open it anew' });
    if (this.#writer !== id)
      throw new DomainError('wrong-state', `${this.writer ?? 'nobody'} types at this console`, {
        hint: 'take the keyboard: provision console NAME --steal',
      });
  }
}

/** Words of ours between those of the machine. */
function notice(words: string): Buffer {
  return Buffer.from(`\r\n[provision: ${words}]\r\n`);
}
