import type { Job } from '../../domain/power/job.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { formatDistance } from '../flags/duration.ts';
import { named } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<Job>[] = [
  { header: 'JOB', value: ({ id }) => id },
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'ACTION', value: ({ action }) => action },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'BY', value: ({ requestedBy }) => requestedBy },
  {
    header: 'CHANGED',
    value: ({ updatedAt }) => updatedAt,
    pretty: ({ updatedAt }, now) => formatDistance(updatedAt, now),
  },
  { header: 'MESSAGE', value: ({ message }) => message },
];

export const powerJobs = defineCommand({
  noun: 'power',
  verb: 'jobs',
  summary: 'list power jobs, newest first',
  operand: null,
  flags: [
    { flag: '--open', help: 'only those that are not over' },
    { flag: '--system <name>', help: 'only those of this system' },
    { flag: '--limit <n>', help: 'at most so many; 100 unless given', fields: ['limit'] },
  ],
  examples: ['provision power jobs --open', 'provision power jobs --system web001'],
  parse: ({ flags }) =>
    named({
      open: flags.isOn('open') || undefined,
      system: flags.text('system'),
      limit: flags.integer('limit'),
    }),
  run: async (query, { connect, out }) => {
    const list = await (await connect()).power.jobs(query);
    out.list(list, list.items, COLUMNS, 'there is no such job');
    return undefined;
  },
});

export const powerCancel = defineCommand<{ readonly id: number }>({
  noun: 'power',
  verb: 'cancel',
  summary: 'end a job; what it has done already is not undone',
  operand: 'job',
  flags: [],
  examples: ['provision power cancel 17'],
  parse: ({ name }) => {
    if (/^[0-9]{1,15}$/.test(name)) return { id: Number(name) };
    throw new UsageError(
      `'${name}' is not the number of a job`,
      'list them with: provision power jobs --open',
    );
  },
  run: async ({ id }, { connect, out }) => {
    const job = await (await connect()).power.cancel(id);
    out.row(job, COLUMNS);
    return undefined;
  },
});
