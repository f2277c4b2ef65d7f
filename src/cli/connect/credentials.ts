import { join } from 'node:path';
import type { CliDeps } from '../deps.ts';
import { LocalError, UsageError } from '../errors.ts';

/** A login to one server. */
export interface Login {
  /** URL of the server. */
  readonly server: string;
  readonly token: string;
  /** Who the token is, as the server names it. */
  readonly name: string;
  /** SHA-256 of the one certificate that is accepted there, 64 hex digits; absent: any that the machine trusts. */
  readonly certificate?: string;
}

/** Saved logins, by the names of their contexts. */
export interface Credentials {
  /** The context that commands go to when nothing is named. */
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, Login>>;
}

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
  const none: Credentials = { current: null, contexts: {} };
  if (!deps.env['XDG_CONFIG_HOME'] && !deps.env['HOME']) return none;
  const path = credentialsPath(deps.env);
  const file = await deps.privateFiles.read(path);
  if (file === undefined) return none;
  if ((file.mode & 0o077) !== 0) {
    const mode = (file.mode & 0o777).toString(8).padStart(4, '0');
    throw new LocalError(`${path} holds tokens and is open to others (mode ${mode})`, `chmod 600 ${path}`);
  }
  const credentials = parseCredentials(file.text);
  if (credentials !== undefined) return credentials;
  throw new LocalError(
    `${path} is not a file of saved logins`,
    'remove the file and log in again with: provision login URL',
  );
}

/** By hand: a schema library would be half of the time that a command takes to start. */
function parseCredentials(text: string): Credentials | undefined {
  const file = jsonOf(text);
  if (!isObject(file)) return undefined;
  const { current = null, contexts = {} } = file;
  if ('servers' in file) return ofFirstForm(file);
  if (current !== null && typeof current !== 'string') return undefined;
  if (!isObject(contexts) || !Object.values(contexts).every(isLogin)) return undefined;
  return { current, contexts: contexts as Record<string, Login> };
}

/** The first form had logins by the URLs of their servers: each becomes a context named after its host. */
function ofFirstForm({ current, servers }: Readonly<Record<string, unknown>>): Credentials | undefined {
  if (!isObject(servers)) return undefined;
  const logins = Object.entries(servers).map(([server, one]) => ({ server, ...(isObject(one) ? one : {}) }));
  if (!logins.every(isLogin)) return undefined;
  const contexts = Object.fromEntries(logins.map((login) => [contextNameOf(login.server), login]));
  return { current: typeof current === 'string' ? contextNameOf(current) : null, contexts };
}

function isLogin(value: unknown): value is Login {
  if (!isObject(value)) return false;
  const { server, token, name, certificate } = value;
  const texts = [server, token, name].every((one) => typeof one === 'string' && one !== '');
  return texts && (certificate === undefined || /^[0-9a-f]{64}$/.test(String(certificate)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a context is called when nobody gives it a name: the server's host, with its port where it has one. */
export function contextNameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** A name for a context: what stands on a command line without quotes. Throws UsageError. */
export function contextName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/.test(text)) return text;
  throw new UsageError(`'${text}' is not a name of a context: letters, digits and ._:@- are`);
}

/** The login of a context. Throws LocalError. */
export function getLogin(context: string, { contexts }: Credentials): Login {
  const login = Object.hasOwn(contexts, context) ? contexts[context] : undefined;
  if (login !== undefined) return login;
  const names = Object.keys(contexts).join(', ');
  throw new LocalError(
    `there is no context '${context}'`,
    names === ''
      ? 'log in first with: provision login URL'
      : `there are: ${names}; or log in with: provision login URL`,
  );
}

/** The logins without one. */
export function withoutLogin(context: string, { current, contexts }: Credentials): Credentials {
  const { [context]: _gone, ...rest } = contexts;
  return { current: current === context ? null : current, contexts: rest };
}

/** Writes all logins, mode 0600, and gives back the path. */
export async function saveCredentials(credentials: Credentials, deps: Deps): Promise<string> {
  const path = credentialsPath(deps.env);
  await deps.privateFiles.write(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return path;
}
