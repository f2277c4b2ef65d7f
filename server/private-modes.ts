import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../src/domain/errors.ts';

/** What others may not do with it: read it or write into it, or write into it only. */
const NOBODY_ELSE = 0o077;
const READ_ONLY = 0o022;

/**
 * Throws DomainError 'storage' where others may open what is in the data folder: what could be read or written until now
 * may have been, and mending it without a word would hide that. Symbolic links are followed. Files of the site's own
 * (kernels, answer files) may be read by whom it likes.
 */
export function refuseLaxModes(dataDir: string): void {
  const files = ['provision.db', 'provision.db-wal', 'secret.key', 'tls.key'].map((name) =>
    join(dataDir, name),
  );
  for (const path of [dataDir, ...files]) refuse(path, NOBODY_ELSE, 'opened');
}

/** The same for the configuration, which names programs that the service runs; it holds no secrets itself. */
export function refuseLaxConfig(path: string | null): void {
  if (path !== null) refuse(path, READ_ONLY, 'changed');
}

function refuse(path: string, forbidden: number, what: string): void {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  const mode = stat.mode & 0o777;
  if ((mode & forbidden) === 0) return;
  const right = stat.isDirectory() ? '700' : forbidden === NOBODY_ELSE ? '600' : 'go-w';
  throw new DomainError('storage', `${path} may be ${what} by others (mode ${mode.toString(8)})`, {
    hint: `chmod ${right} ${path}; and if others had access, look at what they may have done`,
  });
}
