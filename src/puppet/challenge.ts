import { createHmac } from 'node:crypto';
import { Secret } from '../domain/access/secret.ts';

/**
 * The challenge of an install (`challengePassword` of the machine's certificate request): made of the install's token, which
 * only the machine and the service know, and of no use in its place. 43 characters of base64url.
 */
export function challengeOf(installToken: string): Secret {
  return new Secret(createHmac('sha256', installToken).update('puppet challenge').digest('base64url'));
}
