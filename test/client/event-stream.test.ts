import { describe, expect, it } from 'vitest';
import { readEventStream, type StreamMessage } from '../../src/client/event-stream.ts';

async function read(...pieces: readonly (string | Uint8Array)[]): Promise<StreamMessage[]> {
  const body = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece);
  })();
  const messages: StreamMessage[] = [];
  for await (const message of readEventStream(body)) messages.push(message);
  return messages;
}

describe('a stream of events', () => {
  it.each([
    { name: 'a message', text: 'id: 7\ndata: x\n\n', messages: [{ id: '7', data: 'x' }] },
    { name: 'CRLF', text: 'id: 7\r\ndata: x\r\n\r\n', messages: [{ id: '7', data: 'x' }] },
    { name: 'no space after the colon', text: 'data:x\n\n', messages: [{ id: undefined, data: 'x' }] },
    {
      name: 'several lines',
      text: 'data: a\ndata\ndata: b\n\n',
      messages: [{ id: undefined, data: 'a\n\nb' }],
    },
    { name: 'a place without data', text: 'retry: 1\nid: 9\n\n', messages: [{ id: '9', data: undefined }] },
    { name: 'a comment', text: ': still here\n\n', messages: [] },
    { name: 'an unknown field', text: 'what: ever\n\n', messages: [] },
    {
      name: 'a message that is cut off',
      text: 'data: x\n\ndata: y\n',
      messages: [{ id: undefined, data: 'x' }],
    },
  ])('$name', async ({ text, messages }) => {
    expect(await read(text)).toEqual(messages);
    // However it is cut into pieces.
    expect(await read(...[...text])).toEqual(messages);
  });

  it('a character may be cut in two', async () => {
    const bytes = Buffer.from('data: ü\n\n');
    expect(await read(bytes.subarray(0, 7), bytes.subarray(7))).toEqual([{ id: undefined, data: 'ü' }]);
  });

  it('a message without an end is refused', async () => {
    const pieces = Array.from({ length: 5 }, () => 'x'.repeat(1024 * 1024));
    await expect(read(...pieces)).rejects.toThrow(RangeError);
  });
});
