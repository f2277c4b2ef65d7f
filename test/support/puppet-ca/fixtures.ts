import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PUPPET_FIXTURES = fileURLToPath(new URL('../../fixtures/puppet', import.meta.url));

/** A certificate request of test/fixtures/puppet/requests, in PEM. */
export function csrFixture(name: string): string {
  return readFileSync(`${PUPPET_FIXTURES}/requests/${name}.pem`, 'utf8');
}
