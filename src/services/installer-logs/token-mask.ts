/** What stands in a log instead of the install's token. */
const MASK = '<token>';

/** So much of a token, at the end or the beginning of a text, is taken for a part of one that was cut there. */
const LEAST_PART = 8;

/** A line without the token, and without the part of one that was cut off at its end or its beginning. */
export function maskToken(line: string, token: string): string {
  const whole = line.replaceAll(token, MASK);
  const start = lengthOfPart(token, (length) => whole.startsWith(token.slice(-length)));
  const text = start === 0 ? whole : `${MASK}${whole.slice(start)}`;
  const end = lengthOfPart(token, (length) => text.endsWith(token.slice(0, length)));
  return end === 0 ? text : `${text.slice(0, -end)}${MASK}`;
}

/** A stream of bytes without the token, however it lies across the pieces; what comes may be the end of a log. */
export async function* maskTokenInStream(
  pieces: AsyncIterable<Buffer>,
  token: string,
): AsyncGenerator<Buffer> {
  const secret = Buffer.from(token);
  const mask = Buffer.from(MASK);
  let held: Buffer = Buffer.alloc(0);
  let isBeginning = true;
  for await (const piece of pieces) {
    let bytes: Buffer = Buffer.concat([held, piece]);
    if (isBeginning && bytes.length >= secret.length) {
      bytes = maskBeginning(bytes, token);
      isBeginning = false;
    }
    for (let at = bytes.indexOf(secret); at !== -1; at = bytes.indexOf(secret)) {
      yield bytes.subarray(0, at);
      yield mask;
      bytes = bytes.subarray(at + secret.length);
    }
    // What could be the beginning of a token waits for what comes after it.
    const keep = Math.min(bytes.length, secret.length - 1);
    yield bytes.subarray(0, bytes.length - keep);
    held = Buffer.from(bytes.subarray(bytes.length - keep));
  }
  yield isBeginning ? maskBeginning(held, token) : held;
}

function maskBeginning(bytes: Buffer, token: string): Buffer {
  const start = lengthOfPart(token, (length) => bytes.toString('latin1', 0, length) === token.slice(-length));
  return start === 0 ? bytes : Buffer.concat([Buffer.from(MASK), bytes.subarray(start)]);
}

/** The longest part of the token that is there, in characters; 0 if none is. */
function lengthOfPart(token: string, isThere: (length: number) => boolean): number {
  for (let length = token.length - 1; length >= LEAST_PART; length -= 1) if (isThere(length)) return length;
  return 0;
}
