import type { Client, Whoami } from '../../client/client.ts';
import { ApiError } from '../../client/errors.ts';
import { defineCommand } from '../command.ts';
import {
  contextName,
  contextNameOf,
  getLogin,
  readCredentials,
  saveCredentials,
  withoutLogin,
} from '../connect/credentials.ts';
import { certificateToPin, FINGERPRINT_FLAG, fingerprintOf } from '../connect/pin-certificate.ts';
import { isPlainRemote, parseServerAddress } from '../connect/server-address.ts';
import { expiryWarning } from '../connect/token-expiry.ts';
import type { CliDeps } from '../deps.ts';
import { LocalError, UsageError } from '../errors.ts';
import { NO_SUCH_ROUTE } from '../exit-codes.ts';
import { formatDistance } from '../flags/duration.ts';
import { readSecret } from '../secrets.ts';

interface Options {
  readonly url: string;
  readonly context: string | undefined;
  /** 64 hex digits. */
  readonly fingerprint: string | undefined;
  readonly tokenFile: string | undefined;
  readonly tokenStdin: boolean;
}

export const login = defineCommand<Options>({
  noun: 'login',
  verb: null,
  summary: 'log in to a server with a token, and pin its certificate where nobody vouches for it',
  operand: 'url',
  flags: [
    { flag: '--context <name>', help: "what the login is called; the server's host unless given" },
    { flag: '--token-stdin', help: 'read the token from stdin; at a terminal it is asked for' },
    { flag: '--token-file <file>', help: 'read the token from a file' },
    FINGERPRINT_FLAG,
  ],
  examples: [
    'provision login https://provision.example.net',
    `provision login https://10.99.0.1:8443 --context lab --fingerprint sha256:${'4f3c2a1b'.repeat(8)}`,
    'provision login https://provision.example.net --token-stdin < token',
  ],
  parse: ({ name, flags }) => {
    const [tokenFile, tokenStdin] = [flags.text('token-file'), flags.isOn('token-stdin')];
    if (tokenFile !== undefined && tokenStdin)
      throw new UsageError('--token-file and --token-stdin exclude each other');
    const context = flags.text('context');
    return {
      url: name,
      context: context === undefined ? undefined : contextName(context),
      fingerprint: fingerprintOf(flags),
      tokenFile,
      tokenStdin,
    };
  },
  run: async (options, { deps, out }) => {
    const server = parseServerAddress(options.url, deps.cwd);
    if (server.kind === 'unix')
      throw new UsageError('over the unix socket no login is needed', 'name a server by its URL');
    const saved = await readCredentials(deps);
    const certificate = await certificateToPin(server.url, options.fingerprint, deps);
    if (isPlainRemote(server))
      out.say(`warning: the token goes to ${server.url} unencrypted; use https:// there`);
    const token = await tokenOf(options, deps);
    const pin = certificate === undefined ? {} : { certificate };
    const who = await identify(deps.connect({ ...server, ...pin }, token), deps);
    const context = options.context ?? contextNameOf(server.url);
    const contexts = { ...saved.contexts, [context]: { server: server.url, token, name: who.name, ...pin } };
    const savedIn = await saveCredentials({ current: context, contexts }, deps);
    if (out.json) out.document({ context, server: server.url, ...who, savedIn });
    out.say(`logged in to ${server.url} as ${formatWho(who, deps.now())}`);
    out.say(`the login is context ${context} in ${savedIn}, for you only`);
    const warning = expiryWarning(who, deps.now());
    if (warning !== undefined) out.say(warning);
    return undefined;
  },
});

async function tokenOf({ tokenFile, tokenStdin }: Options, deps: CliDeps): Promise<string> {
  if (tokenFile !== undefined) {
    const token = (await deps.readFile(tokenFile)).trim();
    if (token !== '') return token;
    throw new LocalError(`${tokenFile} holds no token`);
  }
  if (!tokenStdin && !deps.stdinIsTty)
    throw new UsageError('no token was named', 'give --token-stdin or --token-file FILE');
  return readSecret('token', deps);
}

/** Asks who one is there: whatever is wrong with server or token is known before anything is saved. */
async function identify(client: Client, { version }: CliDeps): Promise<Whoami> {
  try {
    return await client.whoami();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== NO_SUCH_ROUTE) throw error;
    const server = await client.status();
    throw new LocalError(
      `the server is provisiond ${server.version}, which is older than this command (${version}) needs`,
      'update the server, or take the command that came with it',
    );
  }
}

function formatWho({ name, role, scope, expiresAt }: Whoami, now: Date): string {
  const systems = scope === null ? '' : `, for systems of the roles ${scope.join(', ')}`;
  const until = expiresAt ? `; the token expires ${formatDistance(expiresAt, now)}` : '';
  return `${name} (${role}${systems})${until}`;
}

export const logout = defineCommand<{ readonly context: string | undefined }>({
  noun: 'logout',
  verb: null,
  summary: 'forget a saved login; its token stays valid until it expires or is revoked',
  operand: null,
  flags: [{ flag: '--context <name>', help: 'which; the current one unless given' }],
  examples: ['provision logout', 'provision logout --context lab'],
  parse: ({ flags }) => ({ context: flags.text('context') }),
  run: async ({ context }, { deps, out }) => {
    const saved = await readCredentials(deps);
    const name = context ?? saved.current;
    if (name === null) throw new LocalError('nobody is logged in', 'log in with: provision login URL');
    const login = getLogin(name, saved);
    await saveCredentials(withoutLogin(name, saved), deps);
    out.say(
      `forgot the login of ${login.name} to ${login.server}; its token stays valid until it expires or is revoked`,
    );
    return undefined;
  },
});
