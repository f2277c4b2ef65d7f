import { hash } from 'node:crypto';

/** 256 bits as URL-safe text: 43 characters that need no escaping in kernel args, scripts or URLs. */
export function newToken(randomBytes: (length: number) => Buffer): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a token. Tokens are random, so a plain fast hash is enough; it also makes look-ups constant in time. */
export function hashToken(token: string): string {
  return hash('sha256', token);
}
