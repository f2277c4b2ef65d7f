import { parseOptionText } from './options.ts';

/**
 * The user classes in option 77, or undefined if the bytes are neither encoding.
 *
 * RFC 3004 §4 wants a list of length-prefixed strings; iPXE and several vendors' firmware send plain text. Plain
 * text does not read as a list: its first letter would be a length over 32 that leads past the end.
 */
export function parseUserClasses(bytes: Buffer): readonly string[] | undefined {
  const listed = parseClassList(bytes);
  if (listed !== undefined) return listed;
  const text = parseOptionText(bytes);
  return text === undefined ? undefined : [text];
}

function parseClassList(bytes: Buffer): readonly string[] | undefined {
  const classes: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt8(at);
    if (length === 0 || at + 1 + length > bytes.length) return undefined;
    const text = parseOptionText(bytes.subarray(at + 1, at + 1 + length));
    if (text === undefined) return undefined;
    classes.push(text);
    at += 1 + length;
  }
  return classes.length > 0 ? classes : undefined;
}
