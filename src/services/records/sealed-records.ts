import type { Store } from '../../store/interfaces/store.ts';

/** Every record with a secret that the key file opens, as people name it: `profile debian-13`. */
export async function listSealedRecords({ read }: Pick<Store, 'read'>): Promise<string[]> {
  const { sealed } = read;
  return [
    ...(await sealed.profiles()).map((name) => `profile ${name}`),
    ...(await sealed.systems()).map((name) => `system ${name}`),
    // The token of an install that is over is never opened again.
    ...(await sealed.openInstalls()).map((name) => `the open install of ${name}`),
  ];
}
