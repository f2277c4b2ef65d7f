import { z } from 'zod';
import { formatIpv4, formatNetwork, type Ipv4, parseIpv4, parseNetwork } from '../network/ipv4.ts';
import { parseMac } from '../network/mac.ts';
import { RECORD_NAME, RECORD_NAME_RULE } from './record-name.ts';

/**
 * The field schemas that records are made of. Addresses travel as text in JSON and stay canonical text in
 * records; `Ipv4` numbers are made where arithmetic is done.
 */

export const recordName = z.string().regex(RECORD_NAME, { message: RECORD_NAME_RULE });

/** A host name, whole or one label: RFC 1123 §2.1, at most 253 characters, labels up to 63. */
export const hostname = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/, {
    message: 'must be a host name: labels of a-z, 0-9 and dash, joined by dots',
  });

/** Canonical dotted decimal. Leading zeros are refused with their reason. */
export const ipv4Text = z.string().transform((text, ctx) => {
  const ip = parseIpv4(text);
  if (ip !== undefined) return formatIpv4(ip);
  const octal = /(^|\.)0[0-9]/.test(text)
    ? ' (leading zeros are ambiguous: some programs read them as octal)'
    : '';
  ctx.addIssue({ code: 'custom', message: `'${text}' is not an IPv4 address${octal}` });
  return z.NEVER;
});

/** Canonical lower-case MAC with colons, from any usual spelling. */
export const macText = z.string().transform((text, ctx) => {
  const mac = parseMac(text);
  if (mac !== undefined) return mac;
  ctx.addIssue({
    code: 'custom',
    message: `'${text}' is not a machine's MAC address; write it like 52:54:00:12:34:56`,
  });
  return z.NEVER;
});

/** Canonical `network/prefix`, 8–30 bits: outside that no machine can be given an address in it. */
export const networkText = z.string().transform((text, ctx) => {
  const net = parseNetwork(text);
  if (net !== undefined && net.prefix >= 8 && net.prefix <= 30) return formatNetwork(net);
  ctx.addIssue({
    code: 'custom',
    message: `'${text}' is not a network: write it like 10.0.0.0/24, prefix 8-30, no host bits set`,
  });
  return z.NEVER;
});

/** One kernel argument: printable, no white space or control characters (each is one element of the list). */
export const kernelArg = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\x21-\x7e]+$/, { message: 'must be one printable word without spaces; give several as a list' });

/** Address of text that a schema has already made canonical. */
export function canonicalIpv4(text: string): Ipv4 {
  const ip = parseIpv4(text);
  if (ip === undefined) throw new TypeError(`not a canonical IPv4 address: ${text}`);
  return ip;
}

/** The same record with every field optional: what an edit names. */
export type Patch<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * The schema of an edit. Not `.partial()`: zod keeps applying a field's default inside an optional, so that an edit
 * which does not name `ranges` would set them to the default, an empty list.
 */
export function patchOf<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
): z.ZodType<Patch<z.output<z.ZodObject<S>>>> {
  const shape: Record<string, z.ZodType> = {};
  for (const [key, field] of Object.entries(schema.shape)) {
    const plain = field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : (field as z.ZodType);
    shape[key] = plain.optional();
  }
  return z.strictObject(shape) as unknown as z.ZodType<Patch<z.output<z.ZodObject<S>>>>;
}
