import type { Client } from '../client/client.ts';
import type { GlobalOptions } from './command-line.ts';
import { readCredentials } from './credentials.ts';
import type { CliDeps } from './deps.ts';
import { LocalError } from './errors.ts';
import type { Output } from './output.ts';
import {
  DEFAULT_SERVER,
  formatServerAddress,
  isPlainRemote,
  parseServerAddress,
  type ServerAddress,
} from './server-address.ts';

/** The server: --server, $PROVISION_SERVER, the saved login, or the socket in ./data; the first that is there. */
export async function chooseServer(globals: GlobalOptions, deps: CliDeps): Promise<ServerAddress> {
  const named = globals.server ?? deps.env['PROVISION_SERVER'];
  if (named !== undefined && named !== '') return parseServerAddress(named, deps.cwd);
  const saved = (await readCredentials(deps)).current;
  return parseServerAddress(saved ?? DEFAULT_SERVER, deps.cwd);
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

async function chooseToken(
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
  const { servers } = await readCredentials(deps);
  return Object.hasOwn(servers, address.url) ? servers[address.url]?.token : undefined;
}
