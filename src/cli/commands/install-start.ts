import type { BulkRequest, InstallClient } from '../../client/install-client.ts';
import type { BatchItem } from '../../domain/install/install-batch.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { LocalError, UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { named } from '../flags/flags.ts';
import { BULK_FLAGS, bulkRequestOf } from '../flags/install-flags.ts';
import { followInstalls } from '../follow/follow-installs.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';
import { refusalText } from './install-plan.ts';

interface Options {
  readonly request: BulkRequest;
  readonly follow: boolean;
}

const COLUMNS: readonly Column<BatchItem>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'OUTCOME', value: ({ outcome }) => outcome },
  { header: 'PLACE', value: ({ install }) => install?.position ?? null },
  { header: 'REASON', value: ({ refused }) => refused && refusalText(refused) },
];

export const installStart = defineCommand<Options>({
  noun: 'install',
  verb: 'start',
  summary: 'install many machines: each begins when its turn in the queue comes',
  operand: 'name...',
  flags: [
    ...BULK_FLAGS,
    {
      flag: '--stop-after <n>',
      help: 'so many failed installs end what still waits',
      fields: ['stopAfterFailures'],
    },
    { flag: '--all-or-none', help: 'begin nothing where one machine is refused', fields: ['allOrNone'] },
    {
      flag: '--yes-wipe <name>',
      help: 'a machine in service that may be wiped; may be given several times',
      repeat: true,
      fields: ['yesWipe'],
    },
    {
      flag: '--yes-wipe-count <n>',
      help: 'exactly so many machines in service may be wiped; another number, and nothing is begun',
      fields: ['yesWipeCount'],
    },
    { flag: '--follow', help: 'show how far they are, until all are over' },
  ],
  examples: [
    'provision install start --role web --stop-after 3 --follow',
    'provision install start web001 web002 --cycle --yes-wipe web001',
    'provision install start --role web --cycle --yes-wipe-count 40',
  ],
  parse: (input) => {
    const { flags } = input;
    const yesWipe = flags.list('yes-wipe')?.map(checkName);
    if (yesWipe !== undefined && flags.text('yes-wipe-count') !== undefined)
      throw new UsageError('--yes-wipe and --yes-wipe-count say the same twice', 'name them, or count them');
    const request = {
      ...bulkRequestOf(input),
      ...named({
        stopAfterFailures: flags.integer('stop-after'),
        allOrNone: flags.isOn('all-or-none') || undefined,
        yesWipe,
        yesWipeCount: flags.integer('yes-wipe-count'),
      }),
    };
    return { request, follow: flags.isOn('follow') };
  },
  run: async ({ request, follow }, context) => {
    const { out } = context;
    const { installs } = await context.connect();
    const receipt = await installs.start(await confirmWipes(request, installs, context));
    const { batch, items } = receipt;
    if (!follow || batch === null || !out.json) out.list(receipt, items, COLUMNS, 'no system is meant');
    const refused = items.filter(({ outcome }) => outcome === 'refused');
    for (const hint of new Set(refused.flatMap((item) => item.refused?.hint ?? []))) out.say(`next: ${hint}`);
    if (batch === null) return items.length === 0 ? EXIT.notFound : EXIT.refused;
    if (follow) return followInstalls(batch, installs, context);
    out.say(`watch them with: provision install show ${batch} --follow`);
    return refused.length === 0 ? undefined : EXIT.partial;
  },
});

/**
 * Machines in service are counted, and their number has to be typed by who sits at a terminal; what was shown is what may
 * be wiped, by name. Without a terminal the request says it all, or those machines are refused.
 */
async function confirmWipes(
  request: BulkRequest,
  installs: InstallClient,
  { deps, out }: CommandContext,
): Promise<BulkRequest> {
  const isSaid = request.yesWipe !== undefined || request.yesWipeCount !== undefined;
  if (isSaid || !deps.stdinIsTty || !deps.stderr.isTTY) return request;
  const { wipes } = await installs.plan(request);
  if (wipes.length === 0) return request;
  out.say(`in service, and their disks would be overwritten: ${wipes.join(', ')}`);
  const question = `${wipes.length} machines in service. Type their number to wipe them, or 0 to leave them out: `;
  const typed = (await deps.prompt(question, { secret: false })).trim();
  if (typed === '0') return request;
  if (typed !== String(wipes.length)) throw new LocalError('nothing was begun');
  return { ...request, yesWipe: wipes };
}
