import type { Client } from '../../client/client.ts';
import type { CliDeps } from '../deps.ts';
import { LocalError, UsageError } from '../errors.ts';
import type { GlobalOptions } from '../flags/global-flags.ts';
import type { Output } from '../output/output.ts';
import { type Credentials, getLogin, type Login, readCredentials } from './credentials.ts';
import {
  DEFAULT_SERVER,
  formatServerAddress,
  isPlainRemote,
  parseServerAddress,
  type ServerAddress,
} from './server-address.ts';

/**
 * The server, the first that is there of: --server, --context, $PROVISION_SERVER, $PROVISION_CONTEXT, the current context,
 * the socket in ./data. With it comes the certificate that its login has pinned.
 */
export async function chooseServer(globals: GlobalOptions, deps: CliDeps): Promise<ServerAddress> {
  if (globals.server !== undefined && globals.context !== undefined)
    throw new UsageError('--server and --context both say where to go', 'give one of them');
  const named = globals.server ?? (globals.context === undefined ? deps.env['PROVISION_SERVER'] : undefined);
  if (named) {
    const address = parseServerAddress(named, deps.cwd);
    if (address.kind === 'unix') return address;
    return pinned(address, loginFor(address, await readCredentials(deps)));
  }
  const saved = await readCredentials(deps);
  const context = globals.context ?? (deps.env['PROVISION_CONTEXT'] || saved.current);
  if (context === null) return parseServerAddress(DEFAULT_SERVER, deps.cwd);
  const login = getLogin(context, saved);
  return pinned(parseServerAddress(login.server, deps.cwd), login, context);
}

/** The login for a server that was named by its URL: that of the current context where several are for it. */
function loginFor(address: ServerAddress, { current, contexts }: Credentials): Login | undefined {
  if (address.kind === 'unix') return undefined;
  const logins = Object.entries(contexts).filter(([, login]) => login.server === address.url);
  return (logins.find(([name]) => name === current) ?? logins[0])?.[1];
}

function pinned(address: ServerAddress, login: Login | undefined, context?: string): ServerAddress {
  if (address.kind === 'unix') return address;
  const { certificate } = login ?? {};
  return {
    ...address,
    ...(certificate === undefined ? {} : { certificate }),
    ...(context === undefined ? {} : { context }),
  };
}

/** A client for the server, with the token: --token-file, $PROVISION_TOKEN, or the login saved for that server. */
export async function connectTo(
  address: ServerAddress,
  globals: GlobalOptions,
  deps: CliDeps,
  out: Output,
): Promise<Client> {
  const token = await chooseToken(address, globals, deps);
  if (token !== undefined && isPlainRemote(address)) {
    out.say(`warning: the token goes to ${formatServerAddress(address)} unencrypted; use https:// there`);
  }
  return deps.connect(address, token);
}

/** The token for a server, or undefined where there is none. Throws LocalError. */
export async function chooseToken(
  address: ServerAddress,
  globals: GlobalOptions,
  deps: CliDeps,
): Promise<string | undefined> {
  if (globals.tokenFile !== undefined) {
    const token = (await deps.readFile(globals.tokenFile)).trim();
    if (token !== '') return token;
    throw new LocalError(`${globals.tokenFile} holds no token`);
  }
  // The socket's file permissions are the permission: a token would only travel for nothing.
  if (address.kind === 'unix') return undefined;
  const fromEnvironment = deps.env['PROVISION_TOKEN']?.trim();
  if (fromEnvironment) return fromEnvironment;
  const saved = await readCredentials(deps);
  const login = address.context === undefined ? loginFor(address, saved) : getLogin(address.context, saved);
  return login?.token;
}
