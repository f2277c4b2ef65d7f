import type { BmcOptions } from './options.ts';
import type { Session } from './session.ts';

/** The sessions of a BMC: few, and each is taken until it is closed or silent for long. */
export class SessionTable {
  readonly #sessions = new Map<number, Session>();
  readonly #options: BmcOptions;
  readonly #now: () => number;
  readonly #onChange: (change: 1 | -1) => void;
  /** The most that were there at a time. */
  most = 0;
  /** How many became active. */
  opened = 0;

  /** `onChange` hears of each slot that is taken or given back. */
  constructor(options: BmcOptions, now: () => number, onChange: (change: 1 | -1) => void) {
    this.#options = options;
    this.#now = now;
    this.#onChange = onChange;
  }

  get count(): number {
    this.#dropIdle();
    return this.#sessions.size;
  }

  get isFull(): boolean {
    return this.count >= this.#options.sessionSlots;
  }

  /** The session of this id that this peer has; its time starts anew. */
  find(id: number, peer: string): Session | undefined {
    this.#dropIdle();
    const session = this.#sessions.get(id);
    if (session === undefined || session.peer !== peer) return undefined;
    session.heardMs = this.#now();
    return session;
  }

  /** One that was asked for and not yet authenticated: who asks again means it. */
  findHalfOpen(peer: string, consoleId: number): Session | undefined {
    return [...this.#sessions.values()].find(
      (session) => !session.isActive && session.peer === peer && session.consoleId === consoleId,
    );
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
    this.#onChange(1);
    this.most = Math.max(this.most, this.#sessions.size);
  }

  activate(session: Session): void {
    session.isActive = true;
    this.opened += 1;
  }

  remove(id: number): boolean {
    const was = this.#sessions.delete(id);
    if (was) this.#onChange(-1);
    return was;
  }

  #dropIdle(): void {
    for (const { id, heardMs } of this.#sessions.values())
      if (this.#now() - heardMs >= this.#options.idleTimeoutMs) this.remove(id);
  }
}
