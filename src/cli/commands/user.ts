import type { UserEdit } from '../../client/access-client.ts';
import type { Role } from '../../domain/access/access.ts';
import type { User } from '../../domain/access/credential.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { formatDistance } from '../flags/duration.ts';
import { named } from '../flags/flags.ts';
import { GRANT_FLAGS, neededRole, roleOf, scopeText } from '../flags/grant-flags.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';
import { confirmRemoval } from '../records/confirm-removal.ts';
import { readSecret } from '../secrets.ts';

const COLUMNS: readonly Column<User>[] = [
  { header: 'NAME', value: ({ name }) => name },
  { header: 'ROLE', value: ({ role }) => role },
  { header: 'SCOPE', value: ({ scope }) => scopeText(scope) },
  { header: 'STATE', value: ({ disabled }) => (disabled ? 'disabled' : 'enabled') },
  {
    header: 'LAST LOGIN',
    value: ({ lastLoginAt }) => lastLoginAt ?? 'never',
    pretty: ({ lastLoginAt }, now) => (lastLoginAt === null ? 'never' : formatDistance(lastLoginAt, now)),
  },
];

export const userList = defineCommand({
  noun: 'user',
  verb: 'list',
  summary: 'list the users who log in with a password',
  operand: null,
  flags: [],
  examples: ['provision user list'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const list = await (await connect()).access.listUsers();
    out.list(list, list.items, COLUMNS, 'there is no user yet; add one: provision user add ada --role admin');
    return undefined;
  },
});

export const userAdd = defineCommand<{ name: string; role: Role; scope?: readonly string[] }>({
  noun: 'user',
  verb: 'add',
  summary: 'add a user; the password is asked for, or comes from stdin',
  operand: 'name',
  flags: GRANT_FLAGS,
  examples: [
    'provision user add ada --role admin',
    'printf %s "$PASSWORD" | provision user add bob --role operator --scope web,db',
  ],
  parse: ({ name, flags }) => {
    const scope = flags.list('scope');
    const about = { name: checkName(name), role: neededRole(flags) };
    return scope === undefined || scope.length === 0 ? about : { ...about, scope };
  },
  run: async (input, { connect, deps, out }) => {
    const client = await connect();
    const password = await newPassword(deps);
    out.row(await client.access.addUser({ ...input, password }), COLUMNS);
    return undefined;
  },
});

export const userEdit = defineCommand<{ readonly name: string; readonly edit: UserEdit }>({
  noun: 'user',
  verb: 'edit',
  summary: 'change what a user may do, or disable the user',
  operand: 'name',
  flags: [
    ...GRANT_FLAGS,
    { flag: '--disable', help: 'no login any more, and sessions end', fields: ['disabled'] },
    { flag: '--enable', help: 'may log in again' },
  ],
  examples: ['provision user edit bob --role viewer', 'provision user edit bob --disable'],
  parse: ({ name, flags }) => {
    const [disable, enable] = [flags.isOn('disable'), flags.isOn('enable')];
    if (disable && enable) throw new UsageError('--disable and --enable exclude each other');
    const scope = flags.list('scope');
    const edit = named({
      role: roleOf(flags),
      scope: scope?.length === 0 ? null : scope,
      disabled: disable || enable ? disable : undefined,
    }) as UserEdit;
    if (Object.keys(edit).length === 0)
      throw new UsageError('nothing is to be changed', 'name --role, --scope, --disable or --enable');
    return { name: checkName(name), edit };
  },
  run: async ({ name, edit }, { connect, out }) => {
    out.row(await (await connect()).access.editUser(name, edit), COLUMNS);
    return undefined;
  },
});

export const userPassword = defineCommand<{ readonly name: string }>({
  noun: 'user',
  verb: 'password',
  summary: 'set the password of a user, and end the sessions',
  operand: 'name',
  flags: [],
  examples: ['provision user password ada'],
  parse: ({ name }) => ({ name: checkName(name) }),
  run: async ({ name }, { connect, deps, out }) => {
    const client = await connect();
    await client.access.setPassword(name, await newPassword(deps));
    out.say(`the password of ${name} is set; whoever was logged in by that name is logged out`);
    return undefined;
  },
});

export const userRemove = defineCommand<{ readonly name: string; readonly yes: boolean }>({
  noun: 'user',
  verb: 'remove',
  summary: 'remove a user, and end the sessions',
  operand: 'name',
  flags: [{ flag: '--yes', help: 'do not ask' }],
  examples: ['provision user remove bob --yes'],
  parse: ({ name, flags }) => ({ name: checkName(name), yes: flags.isOn('yes') }),
  run: async ({ name, yes }, { connect, deps, out }) => {
    await confirmRemoval(`user ${name}`, { yes }, deps);
    await (await connect()).access.removeUser(name);
    out.say(`removed user ${name}`);
    return undefined;
  },
});

/** From a pipe; at a terminal typed twice, as nobody sees what he types. */
async function newPassword(deps: CommandContext['deps']): Promise<string> {
  const password = await readSecret('new password', deps);
  if (deps.stdinIsTty && (await readSecret('the same once more', deps)) !== password)
    throw new UsageError('the two are not the same', 'begin again');
  return password;
}
