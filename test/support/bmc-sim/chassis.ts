import type { BmcWorld } from './bmc-world.ts';
import { type BootFlags, BootOptions } from './boot-options.ts';
import type { Answer } from './message.ts';
import type { BmcOptions } from './options.ts';

/** Told of each change: what a machine does that is switched on by a BMC. */
export type OnPower = (change: { readonly isOn: boolean; readonly boot: BootFlags | null }) => void;

interface Step {
  readonly afterMs: number;
  readonly isOn: boolean;
}

/** The machine's power and what belongs to it (IPMI 2.0 §28). */
export class Chassis {
  readonly boot: BootOptions;
  readonly #options: BmcOptions;
  readonly #world: BmcWorld;
  readonly #onPower: OnPower;
  readonly #changes: { readonly atMs: number; readonly isOn: boolean }[] = [];
  #cancel: (() => void) | undefined;
  #identifyUntilMs = 0;

  constructor(options: BmcOptions, world: BmcWorld, onPower: OnPower) {
    this.#options = options;
    this.#world = world;
    this.#onPower = onPower;
    this.boot = new BootOptions(options, () => world.now());
  }

  get isOn(): boolean {
    return this.#changes.at(-1)?.isOn ?? this.#options.isOn;
  }

  /** How often the machine was switched on: proves that nothing was done twice. */
  get powerUps(): number {
    return this.#changes.filter(({ isOn }) => isOn).length;
  }

  /** Milliseconds since power changed last. */
  get settledMs(): number {
    return this.#world.now() - (this.#changes.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY);
  }

  get isIdentifying(): boolean {
    return this.#world.now() < this.#identifyUntilMs;
  }

  /** Get Chassis Status (IPMI 2.0 §28.2): power, last event, and whether the light blinks. */
  status(): Answer {
    const shownAt = this.#world.now() - this.#options.stateLagMs;
    const shown = this.#changes.findLast(({ atMs }) => atMs <= shownAt)?.isOn ?? this.#options.isOn;
    return { code: 0, data: [shown ? 0x01 : 0x00, 0x00, 0x40 | (this.isIdentifying ? 0x10 : 0)] };
  }

  /** Chassis Control (IPMI 2.0 §28.3). */
  control(data: Buffer): Answer {
    if (data.length !== 1) return { code: 0xc7 };
    const { powerOnMs, powerOffMs, shutdownMs, failsThoughDone } = this.#options;
    const off: Step = { afterMs: powerOffMs, isOn: false };
    const on: Step = { afterMs: powerOnMs, isOn: true };
    const shutdown: Step[] = shutdownMs === null ? [] : [{ afterMs: shutdownMs, isOn: false }];
    const steps = [[off], [on], [off, on], [off, { ...on, afterMs: 0 }], [], shutdown][
      data.readUInt8(0) & 0x0f
    ];
    if (steps === undefined) return { code: 0xcc };
    this.boot.keepFlags();
    const needsPower = steps.length > 1;
    if (needsPower && !this.isOn) return { code: 0xd5 };
    this.#cancel?.();
    this.#go(steps);
    return { code: failsThoughDone ?? 0 };
  }

  /** Chassis Identify (IPMI 2.0 §28.5): seconds (15 where not said), and "for ever". */
  identify(data: Buffer): Answer {
    const [seconds = 15, forEver = 0] = data;
    this.#identifyUntilMs =
      (forEver & 1) === 1 ? Number.POSITIVE_INFINITY : this.#world.now() + seconds * 1000;
    return { code: 0 };
  }

  /** Forgets what was to happen. */
  stop(): void {
    this.#cancel?.();
  }

  #go([step, ...more]: readonly Step[]): void {
    this.#cancel = undefined;
    if (step === undefined) return;
    const change = () => {
      if (step.isOn !== this.isOn) {
        this.#changes.push({ atMs: this.#world.now(), isOn: step.isOn });
        this.#onPower({ isOn: step.isOn, boot: step.isOn ? this.boot.take() : null });
      }
      this.#go(more);
    };
    if (step.afterMs === 0) change();
    else this.#cancel = this.#world.startTimer(step.afterMs, change);
  }
}
