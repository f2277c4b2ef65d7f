import { z } from 'zod';
import { roleName } from '../access/role.ts';
import { INSTALL_STATES } from '../install/install.ts';
import { broadcastOf, parseIpv4, parseNetwork } from '../network/ipv4.ts';
import { parseMac } from '../network/mac.ts';
import { recordName } from './fields.ts';

/** What every list of records may be asked for. */
const LARGEST_PAGE = 1000;

/** Text with `*` for any characters and `?` for one: `web*`. */
const glob = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' });

/** A time, as milliseconds since the epoch. */
const moment = z.string().transform((text, ctx) => {
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  ctx.addIssue({ code: 'custom', message: 'must be a time like 2026-11-22T09:00:00Z (RFC 3339)' });
  return z.NEVER;
});

/** Addresses from `from` to `to`, both included. */
export interface AddressSpan {
  readonly from: number;
  readonly to: number;
}

/** `10.0.0.7`, `10.0.0.0/24`, or the beginning of an address with a dot or a star at its end: `10.0.0.*`. */
export function spanOf(text: string): AddressSpan | undefined {
  const ip = parseIpv4(text);
  if (ip !== undefined) return { from: ip, to: ip };
  const network = parseNetwork(text);
  if (network !== undefined) return { from: network.network, to: broadcastOf(network) };
  const octets = /^((?:\d{1,3}\.){1,3})\*?$/.exec(text)?.[1]?.split('.').slice(0, -1);
  if (octets === undefined) return undefined;
  const filled = (rest: string) => parseIpv4([...octets, rest, rest, rest].slice(0, 4).join('.'));
  const [from, to] = [filled('0'), filled('255')];
  return from === undefined || to === undefined ? undefined : { from, to };
}

const addresses = z.string().transform((text, ctx) => {
  const span = spanOf(text);
  if (span !== undefined) return span;
  ctx.addIssue({
    code: 'custom',
    message: 'must be an address, a network like 10.0.0.0/24, or like 10.0.0.*',
  });
  return z.NEVER;
});

/** A MAC in any usual spelling, or with `*` and `?` as records have it. */
const macs = glob.transform((text) => parseMac(text) ?? text.toLowerCase());

const pageFields = {
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(LARGEST_PAGE),
  /** `next` of the page before. */
  cursor: z
    .string()
    .max(1000)
    .regex(/^[A-Za-z0-9_-]+$/, { message: 'must be the next of another page' })
    .optional(),
  /** Fields to show, joined by commas; all, where it is not there. */
  fields: z
    .string()
    .max(1000)
    .regex(/^[A-Za-z][A-Za-z.]*(,[A-Za-z][A-Za-z.]*)*$/, {
      message: 'must be names of fields joined by commas, like name,profile',
    })
    .transform((text) => text.split(','))
    .optional(),
  /** Only records that were added or changed then or later. */
  changedSince: moment.optional(),
  name: glob.optional(),
  /** Text that is somewhere in the record's name (of a system: host name, comment, MAC or address as well). */
  search: glob.optional(),
};

/** What every kind of record is sorted by; with a dash before it, downwards. */
const SORTS = ['name', '-name', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt'] as const;
const SYSTEM_SORTS = [...SORTS, 'hostname', '-hostname', 'profile', '-profile'] as const;
export type SystemSort = (typeof SYSTEM_SORTS)[number];

/** Query of lists of distros, profiles and subnets. */
export const recordQuery = z.strictObject({ ...pageFields, sort: z.enum(SORTS).default('name') });
export type RecordQuery = z.output<typeof recordQuery>;

/** Query of lists of systems; what is named has to fit all together. */
export const systemQuery = z.strictObject({
  ...pageFields,
  sort: z.enum(SYSTEM_SORTS).default('name'),
  hostname: glob.optional(),
  profile: recordName.optional(),
  role: roleName.optional(),
  /** Of the newest install; `none`: it never had one. */
  state: z.enum([...INSTALL_STATES, 'none']).optional(),
  /** Of one of its interfaces. */
  ip: addresses.optional(),
  mac: macs.optional(),
  /** The address of its BMC. */
  bmc: addresses.optional(),
  /** As it was last heard; `unknown`: nobody knows. */
  power: z.enum(['on', 'off', 'unknown']).optional(),
  locked: z.enum(['true', 'false']).optional(),
});
export type SystemQuery = z.output<typeof systemQuery>;

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** `cursor` of the page after this one; null: this is the last. */
  readonly next: string | null;
  /** How many there are on all pages. */
  readonly total: number;
}

/** Where a page ended: the value that the list is sorted by, and the id that tells equal values apart. */
export interface PagePlace {
  readonly value: string | number;
  readonly id: number;
}

/** The place as a cursor, which is good for lists in this order only. */
export function formatCursor(sort: string, { value, id }: PagePlace): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

/** The place of a cursor, or undefined if it is none of a list in this order. */
export function parseCursor(sort: string, cursor: string): PagePlace | undefined {
  try {
    const [of, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const isValue = typeof value === 'string' || typeof value === 'number';
    return of === sort && isValue && typeof id === 'number' ? { value, id } : undefined;
  } catch {
    return undefined;
  }
}
