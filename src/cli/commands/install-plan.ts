import type { BulkRequest } from '../../client/install-client.ts';
import type { InstallPlan, PlanItem, PlannedPower, Refusal } from '../../domain/install/install-batch.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { BULK_FLAGS, bulkRequestOf } from '../flags/install-flags.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<PlanItem>[] = [
  { header: 'SYSTEM', value: ({ system }) => system },
  { header: 'PROFILE', value: ({ profile }) => profile },
  { header: 'WAVE', value: ({ wave }) => wave },
  { header: 'PLACE', value: ({ place }) => place },
  { header: 'WIPES', value: ({ wipes }) => wipes && `in service since ${wipes}` },
  { header: 'POWER', value: ({ power, refused }) => (refused === null ? powerText(power) : null) },
  { header: 'HANDOFF', value: ({ handoff }) => handoff },
  { header: 'REFUSED', value: ({ refused }) => refused && refusalText(refused) },
];

function powerText(power: PlannedPower | null): string {
  if (power === null) return 'somebody else switches it on';
  const first = power.switchesOff ? 'off first, then ' : '';
  return `${power.driver}: ${first}${power.ways[0] ?? ''}`;
}

/** Every reason in one line. */
export function refusalText({ detail, problems }: Refusal): string {
  if (problems.length === 0) return detail;
  return problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

export const installPlan = defineCommand<BulkRequest>({
  noun: 'install',
  verb: 'plan',
  summary: 'say what installing many machines would do; nothing is changed',
  operand: 'name...',
  flags: BULK_FLAGS,
  examples: ['provision install plan --role web', "provision install plan --match 'rack3-*' --cycle --json"],
  parse: bulkRequestOf,
  run: async (request, { connect, out }) => {
    const plan = await (await connect()).installs.plan(request);
    out.list(plan, plan.items, COLUMNS, `no system is meant: ${plan.selection}`);
    for (const line of summaryOf(plan)) out.say(line);
    const refused = plan.items.filter(({ refused }) => refused !== null);
    if (plan.items.length === 0) return EXIT.notFound;
    if (refused.length === 0) return undefined;
    return refused.length < plan.items.length ? EXIT.partial : EXIT.refused;
  },
});

/** What a plan comes to, in words. */
export function summaryOf({ items, wipes, waves, ...plan }: InstallPlan): string[] {
  if (items.length === 0) return [];
  const refused = items.filter(({ refused }) => refused !== null).length;
  const lines = [
    `${items.length - refused} would be installed in ${waves} ${waves === 1 ? 'wave' : 'waves'} of at most ${plan.maxConcurrentInstalls}, ${refused} refused`,
  ];
  if (plan.running + plan.queued > 0)
    lines.push(`before them: ${plan.running} under way, ${plan.queued} in the queue`);
  if (wipes.length > 0)
    lines.push(
      `${wipes.length} in service would be wiped: that takes --yes-wipe-count ${wipes.length}, or --yes-wipe NAME for each`,
    );
  return lines;
}
