/** One message of a stream: the place that it moves its reader to, and what it says. */
export interface StreamMessage {
  /** Undefined where the message has none of its own. */
  readonly id: string | undefined;
  /** Undefined for a message that only moves the place. */
  readonly data: string | undefined;
}

/** More than any message of the API has; a stream without an end must not fill the memory. */
const LONGEST_MESSAGE = 4 * 1024 * 1024;

/**
 * Reads text/event-stream (WHATWG HTML §9.2.6): messages end with an empty line, `data` may have several lines, what begins
 * with a colon is a comment. A message that is cut off by the end of the stream is none. Throws RangeError for a message
 * without an end.
 */
export async function* readEventStream(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(text);
      if (end === null) break;
      const message = parseMessage(text.slice(0, end.index));
      text = text.slice(end.index + end[0].length);
      if (message !== undefined) yield message;
    }
    if (text.length > LONGEST_MESSAGE) throw new RangeError('a message of the stream has no end');
  }
}

/** Undefined for a message of comments only. */
function parseMessage(text: string): StreamMessage | undefined {
  let id: string | undefined;
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
  }
  if (id === undefined && data.length === 0) return undefined;
  return { id, data: data.length === 0 ? undefined : data.join('\n') };
}
