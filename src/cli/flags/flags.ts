import { UsageError } from '../errors.ts';

/** One flag of a command, declared once: for parsing, for help, and for naming it when the server refuses a field. */
export interface FlagSpec {
  /** As help shows it: `--mac <address>`; without a placeholder it is a switch. */
  readonly flag: string;
  /** One letter that says the same: `-f`. */
  readonly short?: string;
  readonly help: string;
  /** May be given several times. */
  readonly repeat?: boolean;
  /** Paths of the record's fields that the flag sets: `settings.disk`. */
  readonly fields?: readonly string[];
}

export type FlagValue = string | readonly string[] | boolean | undefined;

/** `mac` of `--mac <address>`. */
export function flagName(spec: FlagSpec): string {
  return spec.flag.replace(/^--/, '').split(' ', 1)[0] ?? '';
}

/** What one invocation gave for a command's flags, read by name. Asking for an undeclared flag is a mistake of ours. */
export class Flags {
  readonly #values: ReadonlyMap<string, FlagValue>;

  constructor(specs: readonly FlagSpec[], values: Readonly<Record<string, FlagValue>>) {
    this.#values = new Map(specs.map((spec) => [flagName(spec), values[flagName(spec)]]));
  }

  /** Names of the flags that were given. */
  get given(): string[] {
    return [...this.#values].filter(([, value]) => value !== undefined).map(([name]) => name);
  }

  isOn(name: string): boolean {
    return this.#get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Every value of a flag that may be repeated; empty if it was not given. */
  texts(name: string): readonly string[] {
    const value = this.#get(name);
    return Array.isArray(value) ? value : [];
  }

  /** Values of a repeatable flag that are lists themselves (`a,b`), as one list. `none` alone is the empty list. */
  list(name: string): string[] | undefined {
    const values = this.texts(name);
    if (values.length === 0) return undefined;
    if (values.length === 1 && values[0] === 'none') return [];
    return values.flatMap((value) => value.split(',')).filter((value) => value !== '');
  }

  /** Like `text`, with `none` as null: how an edit takes a value away. */
  nullable(name: string): string | null | undefined {
    const value = this.text(name);
    return value === 'none' ? null : value;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^-?[0-9]{1,12}$/.test(value)) return Number(value);
    throw new UsageError(`--${name} wants a whole number, not '${value}'`);
  }

  nullableInteger(name: string): number | null | undefined {
    return this.nullable(name) === null ? null : this.integer(name);
  }

  /** The value if it is one of `choices`; the field's schema stays the judge of what a choice means. */
  oneOf<const C extends string>(name: string, choices: readonly C[]): C | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const choice = choices.find((one) => one === value);
    if (choice !== undefined) return choice;
    throw new UsageError(`--${name} wants one of ${choices.join(', ')}, not '${value}'`);
  }

  #get(name: string): FlagValue {
    if (!this.#values.has(name)) throw new TypeError(`flag --${name} is not declared`);
    return this.#values.get(name);
  }
}

/** The object without the members that are undefined: what was not named is not sent. */
export function named<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Throws one usage error that names every flag of `required` that is missing. */
export function requireFlags(flags: Flags, required: readonly string[]): void {
  const missing = required.filter((name) => !flags.given.includes(name));
  if (missing.length > 0) throw new UsageError(`missing: ${missing.map((name) => `--${name}`).join(', ')}`);
}

/** Whether an edit names nothing to change. */
export function namesNothing(fields: object): boolean {
  return Object.keys(fields).length === 0;
}

/** Kernel args as one types them, split at white space: `quiet console=ttyS0`. */
export function kernelArgsOf(flags: Flags): string[] | undefined {
  return flags
    .text('kernel-args')
    ?.split(/\s+/)
    .filter((word) => word !== '');
}

/** For edits of every noun. */
export const RENAME_FLAG: FlagSpec = { flag: '--rename <name>', help: 'its new name', fields: ['name'] };
