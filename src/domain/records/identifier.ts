import { z } from 'zod';

/**
 * Bytes that clients and relays call themselves by (client id, circuit id, remote id), as people write them: plain text
 * where they are that, else `0x` and hex. One spelling a value, so that a UNIQUE column can do its work.
 */
export type Identifier = string;

/** Longest value of an option or sub-option. */
const LONGEST_BYTES = 255;
const PLAIN = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/** `eth0/1`, or `0x00040064` where the bytes are no plain text (or read as hex themselves). */
export function formatIdentifier(bytes: Buffer): Identifier {
  const text = bytes.toString('latin1');
  return PLAIN.test(text) && !/^0x/i.test(text) ? text : `0x${bytes.toString('hex')}`;
}

/** The bytes of an identifier, or undefined if it is neither plain text nor whole bytes in hex. */
export function parseIdentifier(text: string): Buffer | undefined {
  const digits = /^0x((?:[0-9a-f]{2})+)$/i.exec(text)?.[1];
  if (digits !== undefined) return Buffer.from(digits, 'hex');
  if (/^0x/i.test(text) || !PLAIN.test(text)) return undefined;
  return Buffer.from(text, 'latin1');
}

function identifierText(least: number, parse: (text: string) => Buffer | undefined, form: string) {
  return z.string().transform((text, ctx) => {
    const bytes = parse(text);
    if (bytes !== undefined && bytes.length >= least && bytes.length <= LONGEST_BYTES)
      return formatIdentifier(bytes);
    ctx.addIssue({ code: 'custom', message: `must be ${form}, ${least} to ${LONGEST_BYTES} bytes long` });
    return z.NEVER;
  });
}

/** Option 61, RFC 2132 §9.14: two bytes at least. Hex with colons is how logs and switches show it. */
export const clientIdText = identifierText(
  2,
  (text) =>
    /^[0-9a-f]{2}(:[0-9a-f]{2})+$/i.test(text)
      ? Buffer.from(text.replaceAll(':', ''), 'hex')
      : parseIdentifier(text),
  'a client id: hex like 01:52:54:00:12:34:56 or 0xff00, or plain text',
);

/** Sub-options 1 and 2 of option 82. No hex with colons: `10:20` may be the name of a port. */
export const relayIdText = identifierText(
  1,
  parseIdentifier,
  'plain text like Gi1/0/3, or hex like 0x00040064',
);
