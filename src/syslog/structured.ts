/** One element, RFC 5424 §6.3: `[id name="value"]`, where `\`, `"` and `]` within a value are escaped. */
const ELEMENT = /\[[^\s=\]"]{1,32}(?: [^\s=\]"]{1,32}="(?:[^"\\\]]|\\.)*")*\]/y;

/**
 * Splits STRUCTURED-DATA (as it came, empty where it is nil) from the message behind it. Undefined for what RFC 5424 does not
 * allow.
 */
export function readStructured(text: string): { readonly data: string; readonly rest: string } | undefined {
  let at = 0;
  if (text.startsWith('-')) at = 1;
  else {
    ELEMENT.lastIndex = 0;
    while (ELEMENT.test(text)) at = ELEMENT.lastIndex;
  }
  if (at === 0 || (at < text.length && text[at] !== ' ')) return undefined;
  const data = text.startsWith('-') ? '' : text.slice(0, at);
  return { data, rest: text.slice(at + 1) };
}
