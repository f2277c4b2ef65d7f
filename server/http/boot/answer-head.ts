import { STATUS_CODES } from 'node:http';

/** What a header's value may not have, RFC 9110 §5.5. */
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Status line and headers of an answer, RFC 9112 §4 and §5. `keepAliveMs` undefined: the connection is closed after it.
 * Throws where a value would break the head.
 */
export function renderHead(
  status: number,
  headers: readonly string[],
  keepAliveMs: number | undefined,
  nowMs: number,
): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const value = headers[index + 1] ?? '';
    if (BAD_VALUE.test(value))
      throw new Error(`the header ${headers[index]} has a character that none may have`);
    head += `${headers[index]}: ${value}\r\n`;
  }
  const connection =
    keepAliveMs === undefined
      ? 'connection: close'
      : `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(keepAliveMs / 1000)}`;
  return `${head}date: ${formatDate(nowMs)}\r\n${connection}\r\n\r\n`;
}

let lastDate = { second: -1, text: '' };

/** RFC 9110 §6.6.1; the same text for a whole second. */
function formatDate(nowMs: number): string {
  const second = Math.floor(nowMs / 1000);
  if (lastDate.second !== second) lastDate = { second, text: new Date(nowMs).toUTCString() };
  return lastDate.text;
}
