export interface StageResult {
  readonly name: string;
  readonly seconds: number;
}

/** Says what the lab does while it does it, and keeps the figures for the summary. */
export class Stages {
  readonly #startedAt: number;
  readonly #results: StageResult[] = [];
  readonly #write: (line: string) => void;
  readonly #prefix: string;

  constructor(write: (line: string) => void, prefix = '', startedAt = Date.now()) {
    this.#write = write;
    this.#prefix = prefix;
    this.#startedAt = startedAt;
  }

  /** Stages of one scenario: they keep their own figures, and every line says whose it is. */
  of(scenario: string): Stages {
    return new Stages(this.#write, `${scenario}: `, this.#startedAt);
  }

  get results(): readonly StageResult[] {
    return this.#results;
  }

  get seconds(): number {
    return toSeconds(Date.now() - this.#startedAt);
  }

  /** One line with the time since the lab began. */
  say(text: string): void {
    const elapsed = this.seconds;
    const minutes = String(Math.floor(elapsed / 60)).padStart(2, '0');
    this.#write(`${minutes}:${(elapsed % 60).toFixed(1).padStart(4, '0')}  ${this.#prefix}${text}`);
  }

  /** Runs one stage, says its beginning and its end, and records how long it took. A failure names the stage. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.say(`${name} …`);
    const begun = Date.now();
    try {
      const result = await work();
      this.record(name, toSeconds(Date.now() - begun));
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${name}: ${reason}`, { cause: error });
    }
  }

  /** Records a stage that was seen rather than run, such as one out of the timeline. */
  record(name: string, seconds: number): void {
    this.#results.push({ name, seconds });
    this.say(`${name}: ${seconds.toFixed(1)} s`);
  }
}

function toSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
