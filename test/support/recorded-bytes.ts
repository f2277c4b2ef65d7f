import { randomBytes } from 'node:crypto';

/** Randomness of which every piece is kept, in the clear, as tokens are written. */
export function recordedBytes(tokens: string[]): (length: number) => Buffer {
  return (length) => {
    const bytes = randomBytes(length);
    tokens.push(bytes.toString('base64url'));
    return bytes;
  };
}
