/** What stands in a log instead of the install's token. */
const MASK = '<token>';

/** So much of a token at the end of a line is taken for the beginning of one that was cut off there. */
const LEAST_PART = 8;

/** A line without the token, and without the beginning of one that was cut off at its end. */
export function maskToken(line: string, token: string): string {
  const whole = line.replaceAll(token, MASK);
  for (let length = Math.min(token.length - 1, whole.length); length >= LEAST_PART; length -= 1)
    if (whole.endsWith(token.slice(0, length))) return `${whole.slice(0, -length)}${MASK}`;
  return whole;
}

/** A stream of bytes without the token, however it lies across the pieces. */
export async function* maskTokenInStream(
  pieces: AsyncIterable<Buffer>,
  token: string,
): AsyncGenerator<Buffer> {
  const secret = Buffer.from(token);
  const mask = Buffer.from(MASK);
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    let bytes = Buffer.concat([held, piece]);
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
  yield held;
}
