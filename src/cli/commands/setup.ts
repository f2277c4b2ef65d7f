import { RECORD_NAME } from '../../domain/records/record-name.ts';
import { defineCommand } from '../command.ts';
import { contextNameOf, credentialsPath, readCredentials, saveCredentials } from '../connect/credentials.ts';
import { certificateToPin, FINGERPRINT_FLAG, fingerprintOf } from '../connect/pin-certificate.ts';
import { isPlainRemote } from '../connect/server-address.ts';
import { UsageError } from '../errors.ts';
import { readSecret } from '../secrets.ts';

interface Options {
  readonly name: string;
  /** 64 hex digits. */
  readonly fingerprint: string | undefined;
}

export const setup = defineCommand<Options>({
  noun: 'setup',
  verb: null,
  summary: 'log in with the setup token that provisiond printed at its first start',
  operand: null,
  flags: [
    {
      flag: '--name <name>',
      help: 'who this login is, for the audit trail; $USER unless given',
      fields: ['name'],
    },
    FINGERPRINT_FLAG,
  ],
  examples: [
    'provision setup --server http://127.0.0.1:8080',
    `provision setup --server https://10.99.0.1:8443 --fingerprint sha256:${'4f3c2a1b'.repeat(8)} < setup-token`,
  ],
  parse: ({ flags, env }) => ({
    name: flags.text('name') ?? userName(env['USER']),
    fingerprint: fingerprintOf(flags),
  }),
  run: async ({ name, fingerprint }, { address, deps, out }) => {
    const server = await address();
    if (server.kind === 'unix') {
      throw new UsageError(
        'over the unix socket no login is needed',
        'name a server by its URL: --server http://HOST:8080',
      );
    }
    // The setup token works once: before it is spent, it must be certain that the new token can be kept.
    const saved = await readCredentials(deps);
    await saveCredentials(saved, deps);
    const certificate = await certificateToPin(server.url, fingerprint, deps);
    const pin = certificate === undefined ? {} : { certificate };
    if (isPlainRemote(server))
      out.say(`warning: the token goes to ${server.url} unencrypted; use https:// there`);
    const setupToken = await readSecret('setup token', deps);
    const { token } = await deps.connect({ ...server, ...pin }, undefined).setup({ token: setupToken, name });
    const context = contextNameOf(server.url);
    const contexts = { ...saved.contexts, [context]: { server: server.url, token, name, ...pin } };
    await saveCredentials({ current: context, contexts }, deps);
    const savedIn = credentialsPath(deps.env);
    // The token is the one answer of the API that is not shown: it would end up in logs and scrollback.
    if (out.json) out.document({ server: server.url, name, savedIn });
    out.say(`logged in to ${server.url} as ${name}; the token is in ${savedIn}, for you only`);
    out.say('next: provision status');
    return undefined;
  },
});

/** The user's name where it can name a token, else `admin`. */
function userName(user: string | undefined): string {
  const name = user?.toLowerCase() ?? '';
  return RECORD_NAME.test(name) ? name : 'admin';
}
