import { OPEN_STATES } from '../domain/install.ts';
import type { Store } from '../store/store.ts';

/** Every record with a secret that the key file opens, as people name it: `profile debian-13`. */
export async function listSealedRecords({ read }: Pick<Store, 'read'>): Promise<string[]> {
  const [profiles, systems] = await Promise.all([read.profiles.list(), read.systems.list()]);
  return [
    ...profiles.filter(({ secretsSet }) => secretsSet.length > 0).map(({ name }) => `profile ${name}`),
    ...systems.filter(({ secretsSet }) => secretsSet.length > 0).map(({ name }) => `system ${name}`),
    // The token of an install that is over is never opened again.
    ...systems
      .filter(({ install }) => install !== null && OPEN_STATES.includes(install.state))
      .map(({ name }) => `the open install of ${name}`),
  ];
}
