import type { TokenAdd } from '../../client/access-client.ts';
import type { TokenRecord } from '../../domain/access/credential.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { formatDistance, parseDurationMinutes } from '../flags/duration.ts';
import { GRANT_FLAGS, neededRole, scopeText } from '../flags/grant-flags.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';
import { confirmRemoval } from '../records/confirm-removal.ts';

const COLUMNS: readonly Column<TokenRecord>[] = [
  { header: 'NAME', value: ({ name }) => name },
  { header: 'ROLE', value: ({ role }) => role },
  { header: 'SCOPE', value: ({ scope }) => scopeText(scope) },
  {
    header: 'EXPIRES',
    value: ({ expiresAt }) => expiresAt ?? 'never',
    pretty: ({ expiresAt }, now) => (expiresAt === null ? 'never' : formatDistance(expiresAt, now)),
  },
  {
    header: 'LAST USED',
    value: ({ lastUsedAt }) => lastUsedAt ?? 'never',
    pretty: ({ lastUsedAt }, now) => (lastUsedAt === null ? 'never' : formatDistance(lastUsedAt, now)),
  },
  { header: 'FROM', value: ({ lastUsedFrom }) => lastUsedFrom },
  { header: 'MADE BY', value: ({ createdBy }) => createdBy },
];

export const tokenList = defineCommand({
  noun: 'token',
  verb: 'list',
  summary: 'list API tokens: who has which, until when, and when it was used',
  operand: null,
  flags: [],
  examples: ['provision token list'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const list = await (await connect()).access.listTokens();
    out.list(
      list,
      list.items,
      COLUMNS,
      'there is no token yet; add one: provision token add ci --role operator',
    );
    return undefined;
  },
});

export const tokenAdd = defineCommand<TokenAdd>({
  noun: 'token',
  verb: 'add',
  summary: 'make an API token; it is shown this once',
  operand: 'name',
  flags: [
    ...GRANT_FLAGS,
    {
      flag: '--expires <time>',
      help: 'after so long it opens nothing: 12h, 90d; 365d unless given; never',
      fields: ['expiresInMinutes'],
    },
  ],
  examples: [
    'provision token add ci --role operator --scope web --expires 90d',
    'provision token add prometheus --role viewer --expires never',
  ],
  parse: ({ name, flags }) => {
    const scope = flags.list('scope');
    return {
      name: checkName(name),
      role: neededRole(flags),
      ...(scope === undefined || scope.length === 0 ? {} : { scope }),
      ...expiryOf(flags.text('expires')),
    };
  },
  run: async (input, { connect, out }) => {
    const added = await (await connect()).access.addToken(input);
    out.say(
      `token ${added.name}, ${added.role}, scope ${scopeText(added.scope)}, expires ${added.expiresAt ?? 'never'}`,
    );
    out.say('keep it now: only its hash is stored, it is not shown again');
    out.value(added, added.token);
    return undefined;
  },
});

export const tokenRevoke = defineCommand<{ readonly name: string; readonly yes: boolean }>({
  noun: 'token',
  verb: 'revoke',
  summary: 'make a token open nothing from now on',
  operand: 'name',
  flags: [{ flag: '--yes', help: 'do not ask' }],
  examples: ['provision token revoke ci --yes'],
  parse: ({ name, flags }) => ({ name: checkName(name), yes: flags.isOn('yes') }),
  run: async ({ name, yes }, { connect, deps, out }) => {
    await confirmRemoval(`token ${name}`, { yes }, deps);
    await (await connect()).access.revokeToken(name);
    out.say(`revoked token ${name}`);
    return undefined;
  },
});

function expiryOf(text: string | undefined): { readonly expiresInMinutes?: number | null } {
  if (text === undefined) return {};
  if (text === 'never') return { expiresInMinutes: null };
  const expiresInMinutes = parseDurationMinutes(text);
  if (expiresInMinutes !== undefined) return { expiresInMinutes };
  throw new UsageError(`'${text}' is no time`, 'write it like 12h, 90d or never');
}
