import { join } from 'node:path';
import { z } from 'zod';
import type { CliDeps } from './deps.ts';
import { LocalError } from './errors.ts';

const credentialsFile = z.object({
  /** URL of the server that commands go to when none is named. */
  current: z.string().nullable().default(null),
  servers: z.record(z.string(), z.object({ token: z.string().min(1), name: z.string() })).default({}),
});

/** Saved logins, by the URL of their server. */
export type Credentials = z.infer<typeof credentialsFile>;

type Deps = Pick<CliDeps, 'env' | 'privateFiles'>;

/** Where logins are kept: $XDG_CONFIG_HOME/provision/credentials.json, else below ~/.config. */
export function credentialsPath(env: CliDeps['env']): string {
  const config = env['XDG_CONFIG_HOME'];
  // XDG Base Directory Specification: a relative path in the variable is to be ignored.
  if (config?.startsWith('/')) return join(config, 'provision', 'credentials.json');
  const home = env['HOME'];
  if (home === undefined || home === '') {
    throw new LocalError(
      'neither $XDG_CONFIG_HOME nor $HOME is set, so saved logins have no place',
      'set $HOME',
    );
  }
  return join(home, '.config', 'provision', 'credentials.json');
}

/** The saved logins; none if there is no file or no home. Refuses a file that others may read or write. */
export async function readCredentials(deps: Deps): Promise<Credentials> {
  const none: Credentials = { current: null, servers: {} };
  if (!deps.env['XDG_CONFIG_HOME'] && !deps.env['HOME']) return none;
  const path = credentialsPath(deps.env);
  const file = await deps.privateFiles.read(path);
  if (file === undefined) return none;
  if ((file.mode & 0o077) !== 0) {
    const mode = (file.mode & 0o777).toString(8).padStart(4, '0');
    throw new LocalError(`${path} holds tokens and is open to others (mode ${mode})`, `chmod 600 ${path}`);
  }
  return parseCredentials(path, file.text);
}

function parseCredentials(path: string, text: string): Credentials {
  const hint = 'remove the file and log in again with: provision setup --server URL';
  try {
    return credentialsFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new LocalError(`${path} is not a file of saved logins`, hint, { cause });
  }
}

/** Writes all logins, mode 0600, and gives back the path. */
export async function saveCredentials(credentials: Credentials, deps: Deps): Promise<string> {
  const path = credentialsPath(deps.env);
  await deps.privateFiles.write(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return path;
}
