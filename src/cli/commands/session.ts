import type { SessionRecord } from '../../domain/access/credential.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { formatDistance } from '../flags/duration.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<SessionRecord>[] = [
  { header: 'ID', value: ({ id }) => id },
  { header: 'USER', value: ({ user }) => user },
  { header: 'FROM', value: ({ from }) => from },
  {
    header: 'LAST SEEN',
    value: ({ seenAt }) => seenAt,
    pretty: ({ seenAt }, now) => formatDistance(seenAt, now),
  },
  {
    header: 'ENDS',
    value: ({ expiresAt }) => expiresAt,
    pretty: ({ expiresAt }, now) => formatDistance(expiresAt, now),
  },
  { header: 'BROWSER', value: ({ agent }) => agent },
];

export const sessionList = defineCommand({
  noun: 'session',
  verb: 'list',
  summary: 'list who is logged in by a browser',
  operand: null,
  flags: [],
  examples: ['provision session list'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const list = await (await connect()).access.listSessions();
    out.list(list, list.items, COLUMNS, 'nobody is logged in');
    return undefined;
  },
});

type Meant = { readonly id: number } | { readonly user: string | null };

export const sessionRevoke = defineCommand<Meant>({
  noun: 'session',
  verb: 'revoke',
  summary: 'log somebody out: one session, those of a user, or all',
  operand: 'id...',
  flags: [
    { flag: '--user <name>', help: 'every session of this user' },
    { flag: '--all', help: 'every session of everybody' },
  ],
  examples: ['provision session revoke 17', 'provision session revoke --user bob'],
  parse: ({ names, flags }) => {
    const [id, ...others] = names;
    const user = flags.text('user');
    const given = [id, user, flags.isOn('all') || undefined].filter((value) => value !== undefined);
    if (given.length !== 1 || others.length > 0)
      throw new UsageError('name one session, --user or --all', 'list them with: provision session list');
    if (id === undefined) return { user: user ?? null };
    if (/^[1-9][0-9]{0,14}$/.test(id)) return { id: Number(id) };
    throw new UsageError(`'${id}' is not the number of a session`, 'list them with: provision session list');
  },
  run: async (meant, { connect, out }) => {
    const { access } = await connect();
    if ('id' in meant) await access.revokeSession(meant.id);
    const { count } = 'id' in meant ? { count: 1 } : await access.revokeSessions(meant.user);
    if (out.json) out.document({ count });
    out.say(`${count} session${count === 1 ? '' : 's'} ended`);
    return undefined;
  },
});
