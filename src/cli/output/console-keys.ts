/** What the keys of a console come to. */
export interface Keys {
  /** For the machine. */
  readonly typed: Buffer;
  readonly actions: readonly ('leave' | 'break' | 'help')[];
  readonly state: KeysState;
}

/** Where the escape is: it counts at the beginning of a line only, as with ssh. */
export type KeysState = 'line-begin' | 'in-line' | 'escaped';

const ESCAPE = 0x7e;
const RETURNS = [0x0d, 0x0a];
const ACTIONS: ReadonlyMap<number, Keys['actions'][number]> = new Map([
  [0x2e, 'leave'],
  [0x3f, 'help'],
  [0x42, 'break'],
]);

export const KEYS_HELP = [
  '~.   leave the console',
  '~B   send a break',
  '~?   this help',
  '~~   a ~ at the beginning of a line',
] as const;

/** Takes the escapes out of what was typed: `~.` leaves, `~?` helps, `~B` sends a break, `~~` is a `~`. */
export function readKeys(before: KeysState, bytes: Buffer): Keys {
  const typed: number[] = [];
  const actions: Keys['actions'][number][] = [];
  let state = before;
  for (const byte of bytes) {
    if (state === 'escaped') {
      const action = ACTIONS.get(byte);
      state = action === undefined && !RETURNS.includes(byte) ? 'in-line' : 'line-begin';
      if (action !== undefined) actions.push(action);
      else if (byte === ESCAPE) typed.push(ESCAPE);
      else typed.push(ESCAPE, byte);
    } else if (byte === ESCAPE && state === 'line-begin') state = 'escaped';
    else {
      typed.push(byte);
      state = RETURNS.includes(byte) ? 'line-begin' : 'in-line';
    }
  }
  return { typed: Buffer.from(typed), actions, state };
}
