import type { Install } from '../../domain/install/install.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { countsText } from '../follow/follow-installs.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';
import { INSTALL_COLUMNS } from '../records/record-views.ts';

const PLACE_COLUMNS: readonly Column<Install>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'PLACE', value: ({ position }) => position },
];

interface Move {
  readonly name: string;
  readonly to: 'first' | 'last' | number;
}

export const installMove = defineCommand<Move>({
  noun: 'install',
  verb: 'move',
  summary: 'give an install that waits another place in the queue',
  operand: 'name',
  flags: [
    { flag: '--first', help: 'before everybody else' },
    { flag: '--last', help: 'behind everybody else' },
    { flag: '--to <place>', help: 'to this place, from 1', fields: ['to'] },
  ],
  examples: ['provision install move web017 --first', 'provision install move web017 --to 3'],
  parse: ({ name, flags }) => {
    const places = [
      ...(flags.isOn('first') ? (['first'] as const) : []),
      ...(flags.isOn('last') ? (['last'] as const) : []),
      ...(flags.integer('to') === undefined ? [] : [flags.integer('to') ?? 0]),
    ];
    const [to] = places;
    if (to === undefined || places.length > 1) throw new UsageError('give one of --first, --last and --to');
    return { name: checkName(name), to };
  },
  run: async ({ name, to }, { connect, out }) => {
    const install = await (await connect()).installs.move(name, to);
    out.row(install, PLACE_COLUMNS);
    return undefined;
  },
});

interface Cancel {
  readonly name: string | undefined;
  readonly batch: string | undefined;
  readonly queuedOnly: boolean;
}

export const installCancel = defineCommand<Cancel>({
  noun: 'install',
  verb: 'cancel',
  summary: 'end the install of one machine, or those of a batch',
  operand: 'name...',
  flags: [
    { flag: '--batch <id>', help: 'every install of this batch that is not over' },
    { flag: '--queued', help: 'of the batch, only those that still wait', fields: ['queuedOnly'] },
  ],
  examples: ['provision install cancel web017', 'provision install cancel --batch 5f0c2ab91d3e --queued'],
  parse: ({ names, flags }) => {
    const batch = flags.text('batch');
    if (names.length + (batch === undefined ? 0 : 1) !== 1)
      throw new UsageError('name one system, or a batch with --batch');
    if (flags.isOn('queued') && batch === undefined) throw new UsageError('--queued goes with --batch');
    const [name] = names;
    return {
      name: name === undefined ? undefined : checkName(name),
      batch,
      queuedOnly: flags.isOn('queued'),
    };
  },
  run: async ({ name, batch, queuedOnly }, { connect, out }) => {
    const { systems, installs } = await connect();
    if (name !== undefined) {
      out.row(await systems.cancel(name), INSTALL_COLUMNS);
      return undefined;
    }
    const progress = await installs.cancelBatch(batch ?? '', { queuedOnly });
    if (out.json) out.document(progress);
    out.say(`batch ${batch}: ${countsText(progress)}`);
    return EXIT.ok;
  },
});
