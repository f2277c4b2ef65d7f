import { z } from 'zod';
import { OPTION_TYPES, type OptionType, ownedBecause, usualType } from './dhcp-option-codes.ts';
import { formatIpv4, formatNetwork, type Ipv4, ipv4ToBytes, parseIpv4, parseNetwork } from './ipv4.ts';

/** Two pieces of 255 bytes (RFC 3396 §5): more would leave no room for anything else in the packets of most clients. */
const LONGEST_OPTION_BYTES = 510;
/** What the options of one record may need together, each with its two bytes of code and length. */
const LONGEST_OPTIONS_BYTES = 1000;

/** What one type reads and writes. */
interface TypeRules {
  /** As a refusal says it. */
  readonly form: string;
  /** The canonical text, or undefined if it is not of this type. */
  readonly canonical: (text: string) => string | undefined;
  /** The bytes of a canonical text. */
  readonly encode: (text: string) => Buffer;
}

const RULES: Readonly<Record<OptionType, TypeRules>> = {
  ip: { form: 'an address like 10.0.0.1', canonical: canonicalIp, encode: (text) => ipBytes(text) },
  ips: {
    form: 'addresses like 10.0.0.1,10.0.0.2',
    canonical: (text) => canonicalList(text, canonicalIp, ','),
    encode: (text) => Buffer.concat(text.split(',').map(ipBytes)),
  },
  text: {
    form: 'one line of text without control characters',
    canonical: (text) => (/^[^\p{Cc}]+$/u.test(text) ? text : undefined),
    // RFC 2132 §2: no NUL at the end.
    encode: (text) => Buffer.from(text, 'utf8'),
  },
  hex: {
    form: 'bytes in hex like 0a0b or 0a:0b',
    canonical: (text) => {
      const digits = text.toLowerCase().replace(/^0x/, '').replace(/[: ]/g, '');
      return /^([0-9a-f]{2})+$/.test(digits) ? digits : undefined;
    },
    encode: (text) => Buffer.from(text, 'hex'),
  },
  uint8: unsigned(1),
  uint16: unsigned(2),
  uint32: unsigned(4),
  routes: {
    form: 'routes like 10.1.0.0/16:10.0.0.1,0.0.0.0/0:10.0.0.254',
    canonical: (text) => canonicalList(text, canonicalRoute, ', '),
    encode: (text) => Buffer.concat(text.split(', ').map(routeBytes)),
  },
};

/**
 * An option of one's own. `value` is text in the form of `type`, canonical in records; an empty one takes the option
 * away that a less specific record gives. Sent to clients that ask for it (option 55), with `always` to all.
 */
export const dhcpOptionInput = z
  .strictObject({
    code: z.int().min(1).max(254),
    type: z.enum(OPTION_TYPES).default('text'),
    value: z.string().max(4096),
    always: z.boolean().default(false),
  })
  .transform((option, ctx) => {
    const judged = judgeOption(option);
    if (typeof judged !== 'string') return judged;
    ctx.addIssue({ code: 'custom', path: ['value'], message: judged });
    return z.NEVER;
  });

export type DhcpOption = z.output<typeof dhcpOptionInput>;

/** The options of one record, each code once, in the order of their codes. */
export const dhcpOptionsInput = z
  .array(dhcpOptionInput)
  .max(64)
  .transform((options, ctx) => {
    const message = optionsProblem(options);
    if (message === undefined) return options.toSorted((a, b) => a.code - b.code);
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** The option with its value canonical, or what is wrong with it as a sentence. */
function judgeOption<T extends { code: number; type: OptionType; value: string }>(option: T): T | string {
  const { code, type, value } = option;
  const owned = ownedBecause(code);
  if (owned !== undefined) return `option ${code} cannot be set: ${owned}`;
  if (value === '') return option;
  const usual = usualType(code);
  if (usual !== undefined && type !== 'hex' && !usual.types.includes(type)) {
    const [first = 'hex'] = usual.types;
    return `option ${code} (${usual.name}) is of type ${first}: ${RULES[first].form}`;
  }
  const rules = RULES[type];
  const canonical = rules.canonical(value.trim());
  if (canonical === undefined) return `option ${code} must be ${rules.form}`;
  const bytes = rules.encode(canonical).length;
  if (bytes > LONGEST_OPTION_BYTES)
    return `option ${code} is too long: ${bytes} bytes, ${LONGEST_OPTION_BYTES} fit`;
  return { ...option, value: canonical };
}

function optionsProblem(options: readonly DhcpOption[]): string | undefined {
  const codes = options.map(({ code }) => code);
  const twice = codes.find((code, index) => codes.indexOf(code) !== index);
  if (twice !== undefined) return `option ${twice} is given twice`;
  const bytes = options.reduce((sum, option) => sum + 2 + encodeOptionValue(option).length, 0);
  if (bytes <= LONGEST_OPTIONS_BYTES) return undefined;
  return `the options are too long together: ${bytes} bytes, ${LONGEST_OPTIONS_BYTES} fit`;
}

/** The bytes of an option's value as they go on the wire; none for one that takes an option away. */
export function encodeOptionValue({ type, value }: Pick<DhcpOption, 'type' | 'value'>): Buffer {
  return value === '' ? Buffer.alloc(0) : RULES[type].encode(value);
}

/** The records that options may come from, the less specific first. */
export interface OptionLayers<S> {
  readonly source: S;
  readonly options: readonly DhcpOption[];
}

/** Of each code the option of the most specific record, with where it comes from; in the order of the codes. */
export function mergeOptions<S>(
  layers: readonly OptionLayers<S>[],
): readonly { readonly option: DhcpOption; readonly source: S }[] {
  const merged = new Map<number, { option: DhcpOption; source: S }>();
  for (const { source, options } of layers)
    for (const option of options) merged.set(option.code, { option, source });
  return [...merged.values()].sort((a, b) => a.option.code - b.option.code);
}

function canonicalIp(text: string): string | undefined {
  const ip = parseIpv4(text);
  return ip === undefined ? undefined : formatIpv4(ip);
}

function ipBytes(text: string): Buffer {
  return ipv4ToBytes(parseIpv4(text) as Ipv4);
}

function canonicalList(
  text: string,
  one: (text: string) => string | undefined,
  separator: string,
): string | undefined {
  const items = text.split(',').map((item) => one(item.trim()));
  return items.includes(undefined) ? undefined : items.join(separator);
}

/** `NETWORK via ROUTER`; a colon, which needs no quotes in a shell, is read as ` via `. */
function canonicalRoute(text: string): string | undefined {
  const [destination = '', router = '', more] = text.split(/ via |:/);
  const network = parseNetwork(destination.trim());
  const via = canonicalIp(router.trim());
  if (network === undefined || via === undefined || more !== undefined) return undefined;
  return `${formatNetwork(network)} via ${via}`;
}

/** RFC 3442: the prefix, as many octets of the network as it covers, the router. */
function routeBytes(text: string): Buffer {
  const [destination = '', router = ''] = text.split(' via ');
  const network = parseNetwork(destination);
  if (network === undefined) throw new TypeError(`not a canonical route: ${text}`);
  const octets = ipv4ToBytes(network.network).subarray(0, Math.ceil(network.prefix / 8));
  return Buffer.concat([Buffer.of(network.prefix), octets, ipBytes(router)]);
}

function unsigned(width: number): TypeRules {
  const most = 256 ** width - 1;
  return {
    form: `a whole number from 0 to ${most}`,
    canonical: (text) =>
      /^[0-9]{1,10}$/.test(text) && Number(text) <= most ? String(Number(text)) : undefined,
    encode: (text) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntBE(Number(text), 0, width);
      return bytes;
    },
  };
}
