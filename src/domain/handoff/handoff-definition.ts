import { z } from 'zod';
import { NO_HANDOFF } from '../install/install.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const NAME_RULE = 'must be a name of a-z, 0-9, dash and underscore';

/** Name of a hand-off in the configuration file. */
export const handoffName = z
  .string()
  .regex(NAME, { message: NAME_RULE })
  .refine((name) => name !== NO_HANDOFF, { message: "'none' is the name for no hand-off at all" });

/** The field of profiles and systems: a hand-off, `none`, or null (the system takes the profile's). */
export const handoffField = z.string().regex(NAME, { message: NAME_RULE }).nullable().default(null);

/** An absolute path: what it would be relative to is nobody's to guess. Only the configuration file can name one. */
const path = z
  .string()
  .max(1024)
  .regex(/^\/[^\0\n\r]+$/, { message: 'must be an absolute path' });

/** What every definition says, whatever its driver. */
const everyDefinition = {
  /** Where the SSH server of the machine listens. */
  port: z.int().min(1).max(65_535).default(22),
  /** How long after its first boot the machine may take until SSH answers. */
  sshWaitSeconds: z.int().min(5).max(86_400).default(900),
  /** Time for one try, all of it. */
  timeoutSeconds: z.int().min(5).max(86_400).default(3600),
  /** Tries in all; only what may go away by itself is tried again. */
  tries: z.int().min(1).max(10).default(2),
};

const userName = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}\$?$/, { message: 'must be the name of a user' });

/** A playbook that ansible-playbook of this machine runs over SSH. */
const ansibleDefinition = z.strictObject({
  driver: z.literal('ansible'),
  playbook: path,
  /** Who logs in. */
  user: userName.default('root'),
  /** Private key of that user, mode 0600; its public half comes into machines by `--ssh-key`. */
  privateKeyFile: path,
  /** Become root after the login, as `--become` does. */
  become: z.boolean().default(false),
  /** Run with `--check --diff` first, and for real only if that succeeds. */
  checkFirst: z.boolean().default(false),
  /** Variables that win over all others. */
  extraVars: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, { message: 'must be the name of a variable' }),
      z.json(),
    )
    .default({}),
  /** An ansible.cfg for roles_path, collections and the like; without it none is read. */
  ansibleConfig: path.nullable().default(null),
  vaultPasswordFile: path.nullable().default(null),
  ...everyDefinition,
});

/** One signed POST, for an automation controller that does the rest by itself. */
const webhookDefinition = z.strictObject({
  driver: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/, error: 'must be a URL that begins with https:// or http://' }),
  /** The key of the signature, mode 0600; white space at its end does not count. */
  secretFile: path,
  /** Wait until SSH answers with the reported host key, without a login. */
  awaitSsh: z.boolean().default(true),
  ...everyDefinition,
  timeoutSeconds: everyDefinition.timeoutSeconds.default(30),
  tries: everyDefinition.tries.default(6),
});

/** A host name; the first character is a letter or digit, so that none is taken for an option. */
const host = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,252}$/, { message: 'must be a host name in lower case' });

/** The first run of the machine's Puppet agent, with a certificate that the service has signed for it. */
const puppetDefinition = z.strictObject({
  driver: z.literal('puppet'),
  /** The CA, of a Puppet server of version 6 or newer; the files are PEM. */
  ca: z.strictObject({
    url: z.url({ protocol: /^https$/, error: 'must be a URL like https://puppet.example.net:8140' }),
    /** Certificate of the CA, and of those above it. */
    caFile: path,
    /** Certificate of this service, that may sign and revoke others (pp_cli_auth). */
    certFile: path,
    /** Its key, mode 0600. */
    keyFile: path,
  }),
  /** Where agents find their server; null: the host of the CA. */
  server: host.nullable().default(null),
  environment: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, { message: 'must be the name of a Puppet environment' })
    .nullable()
    .default(null),
  /** Who logs in, to run the agent. */
  user: userName.default('root'),
  privateKeyFile: path,
  /** Run it by sudo. */
  become: z.boolean().default(false),
  /** Run with `--noop` first, and for real only if that succeeds. */
  checkFirst: z.boolean().default(false),
  ...everyDefinition,
});

/** One hand-off, by its driver. Another driver is one more member here, and one in server/handoff/drivers.ts. */
export const handoffDefinition = z.discriminatedUnion('driver', [
  ansibleDefinition,
  puppetDefinition,
  webhookDefinition,
]);

export type HandoffDefinition = z.infer<typeof handoffDefinition>;
export type HandoffDriverName = HandoffDefinition['driver'];
export type DefinitionOf<Name extends HandoffDriverName> = Extract<HandoffDefinition, { driver: Name }>;

/** A value in force, and the record that it comes from. */
export interface ChosenHandoff {
  readonly value: string;
  readonly from: 'system' | 'profile' | 'default';
}

/** System before profile before `none`. */
export function effectiveHandoff(system: string | null, profile: string | null): ChosenHandoff {
  if (system !== null) return { value: system, from: 'system' };
  return profile === null ? { value: NO_HANDOFF, from: 'default' } : { value: profile, from: 'profile' };
}
