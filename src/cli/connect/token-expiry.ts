import type { Whoami } from '../../client/client.ts';
import { formatDistance } from '../flags/duration.ts';

/** Long enough to ask somebody for another one. */
const SOON_MS = 7 * 24 * 60 * 60_000;

/** What to say of a token that ends soon; undefined where it lasts, and for sessions, which are short on purpose. */
export function expiryWarning({ kind, name, expiresAt }: Whoami, now: Date): string | undefined {
  if (kind !== 'token' || !expiresAt) return undefined;
  if (Date.parse(expiresAt) - now.getTime() > SOON_MS) return undefined;
  return `warning: the token '${name}' expires ${formatDistance(expiresAt, now)}; ask an admin for another one (provision token add NAME), then: provision login URL`;
}
