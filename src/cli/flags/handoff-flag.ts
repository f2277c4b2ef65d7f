import type { FlagSpec, Flags } from './flags.ts';

/** What takes the field away again: the record has no say. `none` is a choice of its own. */
const INHERIT = 'inherit';

/** The flag that profiles and systems share: what configures their machines after the first boot. */
export const HANDOFF_FLAG: FlagSpec = {
  flag: '--handoff <name>',
  help: `a hand-off of the configuration file, or none; ${INHERIT}: the profile's, else none`,
  fields: ['handoff'],
};

/** The field that the flag names. */
export function handoffOf(flags: Flags): string | null | undefined {
  const text = flags.text('handoff');
  return text === INHERIT ? null : text;
}
