import type { Answer } from './message.ts';
import type { BmcOptions } from './options.ts';

/** Where the machine boots from, as its firmware reads it. */
export interface BootFlags {
  /** 1 PXE, 2 disk, 5 CD-ROM, 6 setup (IPMI 2.0 §28.13). */
  readonly device: number;
  readonly efi: boolean;
  readonly persistent: boolean;
}

const SET_IN_PROGRESS = 0;
const VALID_BIT_CLEARING = 3;
const ACKNOWLEDGE = 4;
const FLAGS = 5;
const VALID = 0x80;
const PERSISTENT = 0x40;
const EFI = 0x20;
/** Of parameter 3: the flags stay though no Chassis Control comes. */
const KEEP_ON_TIMEOUT = 0x08;

const LENGTHS = new Map([
  [SET_IN_PROGRESS, 1],
  [1, 1],
  [2, 1],
  [VALID_BIT_CLEARING, 1],
  [ACKNOWLEDGE, 2],
  [FLAGS, 5],
]);

/** The system boot options (IPMI 2.0 §28.12, §28.13). */
export class BootOptions {
  readonly #options: BmcOptions;
  readonly #now: () => number;
  readonly #values = new Map<number, Buffer>();
  #validFromMs = 0;

  constructor(options: BmcOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  set(data: Buffer): Answer {
    const [selector = 0] = data;
    const parameter = selector & 0x7f;
    const length = LENGTHS.get(parameter);
    if (length === undefined) return { code: 0x80 };
    if (data.length !== 1 + length) return { code: 0xc7 };
    const value = Buffer.from(data.subarray(1));
    if (parameter === SET_IN_PROGRESS && value[0] === 1 && this.#value(parameter)[0] === 1)
      return { code: 0x81 };
    if (parameter === FLAGS) this.#storeFlags(value);
    else this.#values.set(parameter, value);
    return { code: this.#options.failsThoughDone ?? 0 };
  }

  get(data: Buffer): Answer {
    if (data.length !== 3) return { code: 0xc7 };
    const parameter = data.readUInt8(0) & 0x7f;
    if (!LENGTHS.has(parameter) || this.#options.unreadableBootParameters.includes(parameter))
      return { code: 0x80 };
    return { code: 0, data: [1, parameter, ...this.#value(parameter)] };
  }

  /** A Chassis Control has come: the time of the flags starts anew. */
  keepFlags(): void {
    this.#dropOldFlags();
    this.#validFromMs = this.#now();
  }

  /** The flags that the firmware finds when the machine is switched on; they are spent, unless persistent. */
  take(): BootFlags | null {
    const [first = 0, second = 0] = this.#value(FLAGS);
    if ((first & VALID) === 0) return null;
    const flags = {
      device: (second >> 2) & 0x0f,
      efi: (first & EFI) !== 0,
      persistent: (first & PERSISTENT) !== 0,
    };
    if (!flags.persistent) this.#values.delete(FLAGS);
    const { heedsBootFlags: heeds } = this.#options;
    return heeds === 'all' || (heeds === 'efi') === flags.efi ? flags : null;
  }

  #storeFlags(value: Buffer): void {
    const { losesBootFlag: lost } = this.#options;
    const mask = lost === 'efi' ? ~EFI : lost === 'persistent' ? ~PERSISTENT : 0xff;
    value.writeUInt8(value.readUInt8(0) & mask & 0xff, 0);
    this.#values.set(FLAGS, value);
    this.#validFromMs = this.#now();
  }

  #value(parameter: number): Buffer {
    if (parameter === FLAGS) this.#dropOldFlags();
    return this.#values.get(parameter) ?? Buffer.alloc(LENGTHS.get(parameter) ?? 0);
  }

  #dropOldFlags(): void {
    const { bootFlagsValidMs, ignoresValidBitClearing } = this.#options;
    const kept = (this.#values.get(VALID_BIT_CLEARING)?.[0] ?? 0) & KEEP_ON_TIMEOUT;
    if (kept !== 0 && !ignoresValidBitClearing) return;
    if (this.#now() - this.#validFromMs >= bootFlagsValidMs) this.#values.delete(FLAGS);
  }
}
