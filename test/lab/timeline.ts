import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProvisionCommand } from './provision-command.ts';
import type { Stages } from './stages.ts';
import { waitFor } from './wait.ts';

/** Longer than `--follow` waits between two looks, on a busy machine. */
const FOLLOW_LAG_MS = 10_000;

/** The part of a boot event that the lab looks at. */
export interface BootEvent {
  readonly id: number;
  readonly stage: string;
  readonly outcome: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const ENDS = ['failed', 'expired', 'cancelled'];

/** The state that an install came to, where the event says so. */
export function stateOf({ stage, data }: BootEvent): string | undefined {
  return stage === 'state' ? String(data['to']) : undefined;
}

/**
 * Follows a system's timeline through the command, and says every new event. One `--follow` runs for the whole of it:
 * starting a command for each look would cost a third of a processor that the machine needs.
 */
export class Timeline {
  readonly #command: ProvisionCommand;
  readonly #system: string;
  readonly #stages: Stages;
  readonly #logFile: string;
  readonly #waiting: BootEvent[] = [];
  readonly #events: BootEvent[] = [];
  #started = false;
  #seen = 0;

  constructor(command: ProvisionCommand, system: string, stages: Stages) {
    this.#command = command;
    this.#system = system;
    this.#stages = stages;
    this.#logFile = join(command.dataDir, `timeline-${system}.jsonl`);
  }

  /** The events that were not there at the last call, oldest first. */
  async readNew(): Promise<readonly BootEvent[]> {
    if (!this.#started) {
      this.#started = true;
      await this.#command.follow(this.#logFile, 'system', 'timeline', this.#system, '--follow');
    }
    // The last line may be half written; what is no event is the command's words on standard error.
    const written = (await readFile(this.#logFile, 'utf8')).split('\n').slice(0, -1);
    const lines = written.filter((line) => line.startsWith('{"id":'));
    const fresh = lines.slice(this.#seen).map((line) => JSON.parse(line) as BootEvent);
    this.#seen = lines.length;
    this.#events.push(...fresh);
    for (const event of fresh) {
      const mark = event.outcome === 'ok' ? '' : ` [${event.outcome}]`;
      this.#stages.say(`    ${event.stage}${mark}  ${event.message}`);
    }
    return fresh;
  }

  /** Everything that was read by now, oldest first. */
  get events(): readonly BootEvent[] {
    return this.#events;
  }

  /**
   * Waits for an event of this stage that no earlier call has seen. `check` runs at every look and throws to end a
   * wait that has become pointless. An install that failed ends every wait but the one for that.
   */
  async waitForStage(stage: string, limitMs: number, check?: () => Promise<void>): Promise<void> {
    await this.#waitFor(`"${stage}"`, (event) => event.stage === stage, limitMs, check);
  }

  /** The same for the state of the install. */
  async waitForState(state: string, limitMs: number, check?: () => Promise<void>): Promise<void> {
    await this.#waitFor(`state '${state}'`, (event) => stateOf(event) === state, limitMs, check);
  }

  /** Waits until there is such an event, whenever it came and whatever was waited for before. */
  async waitUntilSeen(what: string, isWanted: (event: BootEvent) => boolean, limitMs: number): Promise<void> {
    await waitFor({ what: `${what} on the timeline`, limitMs, everyMs: 300 }, async () => {
      this.#waiting.push(...(await this.readNew()));
      return this.#events.some(isWanted) ? true : undefined;
    });
  }

  async #waitFor(
    what: string,
    isWanted: (event: BootEvent) => boolean,
    limitMs: number,
    check: () => Promise<void> = async () => {},
  ): Promise<void> {
    let failedAt: number | undefined;
    await waitFor({ what: `${what} on the timeline`, limitMs, everyMs: 300 }, async () => {
      const failure = await check().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      this.#waiting.push(...(await this.readNew()));
      if (this.#takeUpTo(isWanted)) return true;
      if (!failure) return undefined;
      // What came just before the check failed still counts, and the command tells it a moment later.
      failedAt ??= Date.now();
      if (Date.now() - failedAt > FOLLOW_LAG_MS) throw failure.error;
      return undefined;
    });
  }

  /** Fails unless the timeline has said all of this by now: proof of the way that the machine took. */
  expectSeen(proof: readonly { readonly stage: string; readonly words: RegExp }[]): void {
    for (const { stage, words } of proof) {
      if (this.#events.some((event) => event.stage === stage && words.test(event.message))) continue;
      throw new Error(`the timeline has no ${stage} event like ${words}: the machine came another way`);
    }
  }

  /** Takes events in their order until the wanted one; those behind it are for the next wait. */
  #takeUpTo(isWanted: (event: BootEvent) => boolean): boolean {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      if (isWanted(event)) return true;
      const state = stateOf(event);
      if (state !== undefined && ENDS.includes(state))
        throw new Error(`the install ended as ${state}: ${event.message}`);
    }
    return false;
  }
}
