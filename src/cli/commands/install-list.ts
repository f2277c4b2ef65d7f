import type { InstallQuery } from '../../client/install-client.ts';
import { INSTALL_STATES, type Install } from '../../domain/install/install.ts';
import type { BatchProgress, InstallBatch, QueueItem } from '../../domain/install/install-batch.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { formatDistance } from '../flags/duration.ts';
import { named } from '../flags/flags.ts';
import { countsText, followInstalls } from '../follow/follow-installs.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<Install>[] = [
  { header: 'INSTALL', value: ({ id }) => id },
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'STAGE', value: ({ stage }) => stage },
  {
    header: 'SINCE',
    value: ({ stateAt }) => stateAt,
    pretty: ({ stateAt }, now) => formatDistance(stateAt, now),
  },
  { header: 'BATCH', value: ({ batch }) => batch },
  { header: 'REASON', value: ({ reason }) => reason },
];

const BATCH_COLUMNS: readonly Column<InstallBatch>[] = [
  { header: 'BATCH', value: ({ id }) => id },
  { header: 'SELECTION', value: ({ selection }) => selection },
  { header: 'BY', value: ({ requestedBy }) => requestedBy },
  {
    header: 'ASKED',
    value: ({ requestedAt }) => requestedAt,
    pretty: ({ requestedAt }, now) => formatDistance(requestedAt, now),
  },
  { header: 'REFUSED', value: ({ refused }) => refused.length },
  { header: 'STOPPED', value: ({ stopped }) => stopped?.reason ?? null },
];

const QUEUE_COLUMNS: readonly Column<QueueItem>[] = [
  { header: 'PLACE', value: ({ install }) => install.position },
  { header: 'SYSTEM', value: ({ install }) => install.system },
  { header: 'BATCH', value: ({ install }) => install.batch },
  {
    header: 'BEGINS',
    value: ({ beginsAt }) => beginsAt,
    pretty: ({ beginsAt }, now) => beginsAt && formatDistance(beginsAt, now),
  },
  { header: 'REASON', value: ({ reason }) => reason },
];

export const installList = defineCommand<{ readonly query: InstallQuery; readonly batches: boolean }>({
  noun: 'install',
  verb: 'list',
  summary: 'list installs, newest first',
  operand: null,
  flags: [
    { flag: '--live', help: 'only those that are not over' },
    { flag: '--state <state>', help: `only those that are ${INSTALL_STATES.join(', ')}`, fields: ['state'] },
    { flag: '--system <name>', help: 'only those of this system', fields: ['system'] },
    { flag: '--batch <id>', help: 'only those of this batch', fields: ['batch'] },
    { flag: '--batches', help: 'list the batches in their place' },
    { flag: '--limit <n>', help: 'at most so many; 100 unless given', fields: ['limit'] },
  ],
  examples: ['provision install list --live', 'provision install list --batches'],
  parse: ({ flags }) => ({
    query: named({
      live: flags.isOn('live') || undefined,
      state: flags.oneOf('state', INSTALL_STATES),
      system: flags.text('system'),
      batch: flags.text('batch'),
      limit: flags.integer('limit'),
    }),
    batches: flags.isOn('batches'),
  }),
  run: async ({ query, batches }, { connect, out }) => {
    const { installs } = await connect();
    if (batches) {
      const list = await installs.batches(query.limit);
      out.list(list, list.items, BATCH_COLUMNS, 'no machines were installed together yet');
    } else {
      const list = await installs.list(query);
      out.list(list, list.items, COLUMNS, 'there is no such install');
    }
    return undefined;
  },
});

export const installShow = defineCommand<{ readonly id: string; readonly follow: boolean }>({
  noun: 'install',
  verb: 'show',
  summary: 'show one install by its number, or a batch with how far it is',
  operand: 'id',
  flags: [{ flag: '--follow', help: 'of a batch: until all of it is over' }],
  examples: ['provision install show 17', 'provision install show 5f0c2ab91d3e --follow'],
  parse: ({ name, flags }) => {
    const follow = flags.isOn('follow');
    if (follow && isNumber(name))
      throw new UsageError(
        '--follow is for batches',
        'follow one machine with: provision system timeline NAME --follow',
      );
    return { id: name, follow };
  },
  run: async ({ id, follow }, context) => {
    const { out } = context;
    const { installs } = await context.connect();
    if (follow) return followInstalls(id, installs, context);
    if (isNumber(id)) {
      out.details(await installs.get(Number(id)));
      return undefined;
    }
    const progress = await installs.batch(id);
    out.list(progress, progress.items, COLUMNS, 'none of its installs is left');
    for (const line of aboutBatch(progress)) out.say(line);
    return undefined;
  },
});

export const installQueue = defineCommand({
  noun: 'install',
  verb: 'queue',
  summary: 'show which installs wait for their turn, and why',
  operand: null,
  flags: [],
  examples: ['provision install queue'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const view = await (await connect()).installs.queue();
    out.list(view, view.items, QUEUE_COLUMNS, 'nobody waits');
    out.say(`${view.running} of at most ${view.maxConcurrentInstalls} installs are under way`);
    return EXIT.ok;
  },
});

/** Ids of batches have twelve hexadecimal digits; what is shorter and all digits is an install. */
function isNumber(id: string): boolean {
  return /^[0-9]{1,11}$/.test(id);
}

function aboutBatch(progress: BatchProgress): string[] {
  const { selection, requestedBy, refused, stopped } = progress;
  return [
    `${selection}, asked for by ${requestedBy}: ${countsText(progress)}`,
    ...refused.map(({ system, refused }) => `refused: ${system}: ${refused.detail}`),
    ...(stopped === null ? [] : [stopped.reason]),
  ];
}
