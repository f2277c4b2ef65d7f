import type { PowerClient, PowerRequest, Selection } from '../../client/power-client.ts';
import type { CommandContext, CommandInput } from '../command.ts';
import { LocalError, UsageError } from '../errors.ts';
import { checkName } from '../records/check-name.ts';
import type { FlagSpec } from './flags.ts';
import { named } from './flags.ts';

/** Flags that choose machines, besides naming them. */
export const SELECTION_FLAGS: readonly FlagSpec[] = [
  { flag: '--all', help: 'every system that has power control', fields: ['all'] },
  { flag: '--role <name>', help: 'every system that has this role', fields: ['role'] },
  { flag: '--profile <name>', help: 'every system of this profile', fields: ['profile'] },
  { flag: '--match <glob>', help: "every system whose name is like this: 'web*'", fields: ['match'] },
];

/** The machines that a command line means; exactly one way of choosing them. Throws UsageError. */
export function selectionOf({ names, flags }: CommandInput): Selection {
  const selection: Selection = named({
    systems: names.length === 0 ? undefined : names.map(checkName),
    role: flags.text('role'),
    profile: flags.text('profile'),
    match: flags.text('match'),
    all: flags.isOn('all') ? (true as const) : undefined,
  });
  if (Object.keys(selection).length === 1) return selection;
  throw new UsageError(
    Object.keys(selection).length === 0 ? 'no system is named' : 'systems are chosen in more than one way',
    'name systems, or give one of --all, --role, --profile and --match',
  );
}

/**
 * Several machines that would lose what they are doing are counted first, and the count has to be typed; without a
 * terminal `--yes` has to be there unless they were named one by one. Gives back what was agreed to.
 */
export async function confirmMany(
  request: PowerRequest,
  { yes }: { readonly yes: boolean },
  client: PowerClient,
  { deps, out }: CommandContext,
): Promise<PowerRequest> {
  if (yes || request.action === 'on' || request.systems?.length === 1) return request;
  const asks = deps.stdinIsTty && deps.stderr.isTTY;
  if (!asks && request.systems !== undefined) return request;
  if (!asks) throw new UsageError(`power ${request.action} of many needs --yes where nobody can be asked`);
  const { items, skipped } = await client.request({ ...request, dryRun: true });
  const systems = items.filter(({ refused }) => refused === null).map(({ system }) => system);
  if (systems.length === 0) return request;
  const shown = systems.length > SHOWN ? `${systems.slice(0, SHOWN).join(', ')} …` : systems.join(', ');
  out.say(`power ${request.action}: ${shown}`);
  if (skipped.length > 0) out.say(`without power control, left out: ${skipped.length}`);
  const answer = await deps.prompt(`${systems.length} machines. Type their number to go on: `, {
    secret: false,
  });
  if (answer.trim() !== String(systems.length)) throw new LocalError('nothing was done');
  const { all: _all, role: _role, profile: _profile, match: _match, ...rest } = request;
  return { ...rest, systems: items.map(({ system }) => system) };
}

const SHOWN = 12;
