import type { ProvisionCommand } from './provision-command.ts';
import type { Stages } from './stages.ts';
import { waitFor } from './wait.ts';

/** The part of a boot event that the lab looks at. */
export interface BootEvent {
  readonly id: number;
  readonly stage: string;
  readonly outcome: string;
  readonly message: string;
}

/** Follows a system's timeline through the command, and says every new event. */
export class Timeline {
  readonly #command: ProvisionCommand;
  readonly #system: string;
  readonly #stages: Stages;
  readonly #seen = new Set<number>();

  constructor(command: ProvisionCommand, system: string, stages: Stages) {
    this.#command = command;
    this.#system = system;
    this.#stages = stages;
  }

  /** The events that were not there at the last call, oldest first. */
  async readNew(): Promise<readonly BootEvent[]> {
    const answer = await this.#command.run('system', 'timeline', this.#system);
    const fresh = parseEvents(answer).filter((event) => !this.#seen.has(event.id));
    for (const event of fresh) {
      this.#seen.add(event.id);
      const mark = event.outcome === 'ok' ? '' : ` [${event.outcome}]`;
      this.#stages.say(`    ${event.stage}${mark}  ${event.message}`);
    }
    return fresh;
  }

  /**
   * Waits for an event of this stage that no earlier call has seen. `check` runs at every look and throws to end a
   * wait that has become pointless. An install that failed ends every wait.
   */
  async waitForStage(
    stage: string,
    limitMs: number,
    check: () => Promise<void> = async () => {},
  ): Promise<void> {
    await waitFor({ what: `"${stage}" on the timeline`, limitMs, everyMs: 1500 }, async () => {
      // before the look: an event that came just before the check failed still counts
      const failure = await check().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      const fresh = await this.readNew();
      if (fresh.some((event) => event.stage === stage)) return true;
      const over = fresh.find((event) => ['failed', 'expired', 'cancelled'].includes(event.stage));
      if (over) throw new Error(`the install ended as ${over.stage}: ${over.message}`);
      if (failure) throw failure.error;
      return undefined;
    });
  }
}

function parseEvents(answer: unknown): BootEvent[] {
  const items = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : answer;
  if (!Array.isArray(items)) throw new Error('system timeline --json did not print a list of events');
  return (items as BootEvent[]).toSorted((a, b) => a.id - b.id);
}
