import type { z } from 'zod';
import type { DhcpOption, dhcpOptionInput } from '../../domain/network/dhcp-option.ts';
import { OPTION_TYPES, usualType } from '../../domain/network/dhcp-option-codes.ts';
import { UsageError } from '../errors.ts';
import type { FlagSpec, Flags } from './flags.ts';

/** One DHCP option as it is sent. */
export type OptionAdd = z.input<typeof dhcpOptionInput>;

/** Flags of DHCP options of one's own, which subnets, profiles and systems share. */
export const OPTION_FLAGS: readonly FlagSpec[] = [
  {
    flag: '--option <code=type:value>',
    help: `DHCP option for machines that ask for it: 42=ips:10.0.0.1; types: ${OPTION_TYPES.join(', ')}; 42= takes it away`,
    repeat: true,
    fields: ['dhcpOptions'],
  },
  {
    flag: '--option-always <code=type:value>',
    help: 'like --option, sent to machines that do not ask for it too',
    repeat: true,
    fields: ['dhcpOptions'],
  },
];

/** For edits: as if the option had never been set here. */
export const UNSET_OPTION_FLAG: FlagSpec = {
  flag: '--unset-option <code>',
  help: 'forget a DHCP option that was set here',
  repeat: true,
  fields: ['dhcpOptions'],
};

/** What the command line says of options. */
export interface OptionChange {
  readonly set: readonly OptionAdd[];
  readonly unset: readonly number[];
}

/** Reads the option flags; undefined if none was given. Throws UsageError. */
export function optionChange(flags: Flags, unset: readonly string[] = []): OptionChange | undefined {
  const set = [
    ...flags.texts('option').map((text) => parseOption('--option', text, false)),
    ...flags.texts('option-always').map((text) => parseOption('--option-always', text, true)),
  ];
  return set.length + unset.length === 0 ? undefined : { set, unset: unset.map(parseCode) };
}

/** The options to send: `current` with the change applied; one that is set again is replaced. */
export function optionsAfter({ set, unset }: OptionChange, current: readonly DhcpOption[]): OptionAdd[] {
  const gone = new Set([...unset, ...set.map(({ code }) => code)]);
  return [...current.filter(({ code }) => !gone.has(code)), ...set];
}

/** `42=ips:10.0.0.1`; without a type, what the option usually is, else text; `42=` takes it away. */
function parseOption(flag: string, text: string, always: boolean): OptionAdd {
  const at = text.indexOf('=');
  if (at < 1) throw badOption(flag, text);
  const code = parseCode(text.slice(0, at));
  const rest = text.slice(at + 1);
  if (rest === '') return { code, value: '' };
  const type = OPTION_TYPES.find((one) => rest.startsWith(`${one}:`));
  if (type !== undefined) return { code, type, value: rest.slice(type.length + 1), always };
  const usual = usualType(code)?.types[0];
  if (usual === undefined) throw badOption(flag, text);
  return { code, type: usual, value: rest, always };
}

function badOption(flag: string, text: string): UsageError {
  return new UsageError(
    `${flag} wants code=type:value, not '${text}'`,
    `types are: ${OPTION_TYPES.join(', ')}; write it like ${flag} 150=ips:10.99.0.5`,
  );
}

function parseCode(text: string): number {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text);
  throw new UsageError(`'${text}' is not the number of a DHCP option`, 'they go from 1 to 254');
}
