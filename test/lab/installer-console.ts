import type { Machine } from './machine.ts';
import type { Stages } from './stages.ts';
import { stillOn, visibleLines } from './watch.ts';

/** Headings of Debian's installer that mark its longer steps. */
const STEPS =
  /^(Loading additional components|Detecting disks|Partitions formatting|Installing the base system|Configuring apt|Select and install software|Install(ing)? (the )?GRUB|Finishing the installation)/;
/** An unattended installer that shows a dialog waits for ever: these are what a dialog begins and ends with. */
const DIALOG = /^\s*(\[!!?\]|!! ERROR)|^Prompt: /;
const SCREEN_LINES = 24;

/** Follows the installer on the machine's serial port: says its steps, and ends the run when it asks a question. */
export class InstallerConsole {
  readonly #machine: Machine;
  readonly #stages: Stages;
  readonly #said = new Set<string>();

  constructor(machine: Machine, stages: Stages) {
    this.#machine = machine;
    this.#stages = stages;
  }

  /** @throws if the machine is off, or the installer waits for somebody */
  async check(): Promise<void> {
    const lines = visibleLines(await this.#machine.readSerial());
    for (const step of findSteps(lines)) {
      if (this.#said.has(step)) continue;
      this.#said.add(step);
      this.#stages.say(`    installer: ${step}`);
    }
    if (hasQuestion(lines)) {
      throw new Error(`the installer asks a question:\n${lines.slice(-SCREEN_LINES).join('\n')}`);
    }
    await stillOn(this.#machine);
  }
}

/** The installer's longer steps that these lines of its console tell of, in their order. */
export function findSteps(lines: readonly string[]): string[] {
  return lines.flatMap((line) => STEPS.exec(line)?.[1] ?? []);
}

/** Does the installer wait for an answer? */
export function hasQuestion(lines: readonly string[]): boolean {
  return lines.some((line) => DIALOG.test(line));
}
