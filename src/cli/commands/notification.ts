import type { DeadSelection } from '../../client/notification-client.ts';
import type { Delivery } from '../../domain/notification.ts';
import { type CommandInput, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { formatDistance } from '../flags/duration.ts';
import { named } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<Delivery>[] = [
  { header: 'ID', value: ({ id }) => id },
  { header: 'ENDPOINT', value: ({ endpoint }) => endpoint },
  { header: 'ABOUT', value: ({ notice }) => notice.type },
  { header: 'SYSTEM', value: ({ notice }) => notice.system },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'TRIES', value: ({ tries }) => tries },
  {
    header: 'NEXT',
    value: ({ nextAt }) => nextAt ?? '-',
    pretty: ({ nextAt }, now) => (nextAt === null ? '-' : formatDistance(nextAt, now)),
  },
  { header: 'PROBLEM', value: ({ problem }) => problem ?? '-' },
];

export const notificationList = defineCommand({
  noun: 'notification',
  verb: 'list',
  summary: 'list what webhooks and mail were told, newest first',
  operand: null,
  flags: [
    { flag: '--dead', help: 'only what was given up' },
    { flag: '--waiting', help: 'only what is still tried' },
    { flag: '--endpoint <name>', help: 'only of this webhook, or email' },
    { flag: '--limit <n>', help: 'at most so many; 100 unless given', fields: ['limit'] },
  ],
  examples: ['provision notification list --dead'],
  parse: ({ flags }) => {
    const states = (['dead', 'waiting'] as const).filter((state) => flags.isOn(state));
    if (states.length > 1) throw new UsageError('--dead and --waiting exclude each other');
    return named({ state: states[0], endpoint: flags.text('endpoint'), limit: flags.integer('limit') });
  },
  run: async (query, { connect, out }) => {
    const list = await (await connect()).notifications.list(query);
    out.list(list, list.items, COLUMNS, 'there is no such notification');
    return undefined;
  },
});

const SELECTION_FLAGS = [
  { flag: '--endpoint <name>', help: 'all dead ones of this webhook, or of email' },
  { flag: '--all', help: 'all dead ones' },
];

export const notificationRetry = defineCommand<DeadSelection>({
  noun: 'notification',
  verb: 'retry',
  summary: 'try again what was given up',
  operand: 'id...',
  flags: SELECTION_FLAGS,
  examples: ['provision notification retry 17', 'provision notification retry --endpoint chat'],
  parse: selectionOf,
  run: async (selection, { connect, out }) => {
    const { count } = await (await connect()).notifications.retry(selection);
    if (out.json) out.document({ count });
    out.say(`${count} to be tried again`);
    return undefined;
  },
});

export const notificationDiscard = defineCommand<DeadSelection>({
  noun: 'notification',
  verb: 'discard',
  summary: 'remove what was given up',
  operand: 'id...',
  flags: SELECTION_FLAGS,
  examples: ['provision notification discard --all'],
  parse: selectionOf,
  run: async (selection, { connect, out }) => {
    const { count } = await (await connect()).notifications.discard(selection);
    if (out.json) out.document({ count });
    out.say(`${count} removed`);
    return undefined;
  },
});

export const notificationTest = defineCommand<{ readonly endpoint: string }>({
  noun: 'notification',
  verb: 'test',
  summary: 'send a notice now and say what came of it',
  operand: 'endpoint',
  flags: [],
  examples: ['provision notification test chat', 'provision notification test email'],
  parse: ({ name }) => ({ endpoint: name }),
  run: async ({ endpoint }, { connect, out }) => {
    const outcome = await (await connect()).notifications.test(endpoint);
    if (out.json) out.document(outcome);
    out.say(outcome.kind === 'accepted' ? `${endpoint} has accepted it` : `${endpoint}: ${outcome.problem}`);
    return outcome.kind === 'accepted' ? EXIT.ok : EXIT.failure;
  },
});

function selectionOf({ names, flags }: CommandInput): DeadSelection {
  const [id, ...others] = names;
  const endpoint = flags.text('endpoint');
  const given = [id, endpoint, flags.isOn('all') || undefined].filter((value) => value !== undefined);
  if (given.length !== 1 || others.length > 0)
    throw new UsageError(
      'name one notification, --endpoint or --all',
      'list the dead ones with: provision notification list --dead',
    );
  if (endpoint !== undefined) return { endpoint };
  if (id === undefined) return { all: true };
  if (/^[1-9][0-9]{0,14}$/.test(id)) return { id: Number(id) };
  throw new UsageError(
    `'${id}' is not the number of a notification`,
    'list them with: provision notification list',
  );
}
