import type { Check } from '../../domain/check.ts';
import type { DoctorFacts } from './facts.ts';

/** Loaders that machines with a record will ask for, and loaders that are not what was installed. */
export function checkLoaders({ loaders, neededLoaders }: DoctorFacts): Check[] {
  const byName = new Map(loaders.map((loader) => [loader.name, loader]));
  const missing = neededLoaders
    .filter(({ name }) => (byName.get(name)?.state ?? 'missing') === 'missing')
    .map(
      ({ name, by, isForLocalBoot }): Check => ({
        name: 'loaders',
        state: isForLocalBoot ? 'warning' : 'problem',
        what: isForLocalBoot
          ? `${name} is missing: UEFI machines may not get back to their disk after an install (${by})`
          : `${name} is missing, and ${by} needs it`,
        next: byName.get(name)?.remedy ?? null,
      }),
    );
  const changed = loaders
    .filter(({ state }) => state === 'changed')
    .map(
      ({ name, record, sha256, remedy }): Check => ({
        name: 'loaders',
        state: 'problem',
        what:
          sha256 === null
            ? `${name} was installed by ${record?.installedBy} and its file is gone`
            : `${name} is not the file that ${record?.installedBy} installed: SHA-256 is ${sha256}, recorded is ${record?.sha256}`,
        next: remedy,
      }),
    );
  if (missing.length + changed.length > 0) return [...missing, ...changed];
  const names = neededLoaders.map(({ name }) => name).join(', ');
  const what = names === '' ? 'no record needs a loader yet' : `there for every record: ${names}`;
  return [{ name: 'loaders', state: 'ok', what, next: null }];
}

/** Kernels, initrds, trees and images that records name. */
export function checkFiles({ files }: DoctorFacts): Check[] {
  const gone = files.filter(({ refused }) => refused !== null);
  if (gone.length === 0) {
    const what =
      files.length === 0 ? 'no record names a file yet' : `${files.length} files of records are readable`;
    return [{ name: 'files', state: 'ok', what, next: null }];
  }
  return gone.map(({ record, field, refused, edit }) => ({
    name: 'files',
    state: 'problem',
    what: `${record}: ${field}: ${refused}`,
    next: `put it back, or name another: ${edit}`,
  }));
}

const NAMED_AT_MOST = 5;

/** Does the key file fit the database? After a restore it may be another one. */
export function checkKey({ unreadableSecrets, dataDir }: DoctorFacts): Check[] {
  if (unreadableSecrets.length === 0) {
    return [{ name: 'key', state: 'ok', what: 'secret.key opens every secret of the records', next: null }];
  }
  const more =
    unreadableSecrets.length > NAMED_AT_MOST ? ` and ${unreadableSecrets.length - NAMED_AT_MOST} more` : '';
  const named = `${unreadableSecrets.slice(0, NAMED_AT_MOST).join(', ')}${more}`;
  return [
    {
      name: 'key',
      state: 'problem',
      what: `the secrets of ${named} were not sealed with ${dataDir}/secret.key`,
      next: 'restore the key file that belongs to this database and restart, or set these secrets anew (--root-password-hash-stdin, --bmc-password-stdin)',
    },
  ];
}
