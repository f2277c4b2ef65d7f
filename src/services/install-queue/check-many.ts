import { DomainError, notFound } from '../../domain/errors.ts';
import type { Refusal } from '../../domain/install/install-batch.ts';
import { installInput } from '../../domain/install/install-input.ts';
import type { Actor } from '../deps.ts';
import type { Arming } from '../installs/installs.ts';
import { findMeant, listReachable } from '../power/select-systems.ts';
import type { BulkInput } from './bulk-input.ts';
import type { QueueDeps } from './queue-deps.ts';
import { refusalOf } from './refusal.ts';

/** One machine of those that are meant: what it takes to install it, or why it is not. */
export type CheckedSystem = { readonly system: string; readonly profile: string } & (
  | { readonly arming: Arming; readonly refused: null }
  | { readonly arming: null; readonly refused: Refusal }
);

/** Each check renders files and asks a BMC: so many at once keep both busy. */
const AT_ONCE = 16;

/** Looks at every machine that is meant, in their order. */
export async function checkMany(
  queue: QueueDeps,
  input: BulkInput,
  actor: Actor,
): Promise<readonly CheckedSystem[]> {
  const { store } = queue.deps;
  await queue.installs.sweep();
  const { meant, strangers } = findMeant(await listReachable(store.read, actor), input);
  const checked: CheckedSystem[] = [];
  for (let from = 0; from < meant.length; from += AT_ONCE) {
    const group = meant.slice(from, from + AT_ONCE);
    checked.push(
      ...(await Promise.all(group.map(({ name, profile }) => checkOne(queue, input, name, profile)))),
    );
  }
  const unknown = strangers.map((system): CheckedSystem => {
    return { system, profile: '', arming: null, refused: refusalOf(notFound('system', system)) };
  });
  return [...checked, ...unknown];
}

async function checkOne(
  { installs }: QueueDeps,
  input: BulkInput,
  system: string,
  profile: string,
): Promise<CheckedSystem> {
  const { attempts, expiresInMinutes, allowAddressInUse, power, cycle, netbootTimeoutSeconds } = input;
  const options = { attempts, expiresInMinutes, allowAddressInUse, power, cycle, netbootTimeoutSeconds };
  try {
    // Whether it may be wiped is asked of the request as a whole.
    const arming = await installs.check(system, installInput.parse({ ...options, yesWipe: system }));
    // A word for a machine that is not in service now does not count if it is later.
    const { yesWipe, ...input } = arming.input;
    const isAsked = arming.system.inService !== null && yesWipe !== undefined;
    return { system, profile, arming: isAsked ? arming : { ...arming, input }, refused: null };
  } catch (error) {
    return { system, profile, arming: null, refused: refusalOf(error) };
  }
}

/** Names of the machines in service that would be wiped. */
export function wipesOf(checked: readonly CheckedSystem[]): string[] {
  return checked.flatMap(({ system, arming }) => (arming?.system.inService == null ? [] : [system]));
}

/**
 * Machines in service are refused unless the request says that they may be wiped. Where it says how many, and it is another
 * number, somebody's picture is wrong: DomainError, and nothing is begun.
 */
export function refuseWipes(
  checked: readonly CheckedSystem[],
  { yesWipe, yesWipeCount }: BulkInput,
): readonly CheckedSystem[] {
  const wipes = wipesOf(checked);
  if (yesWipeCount !== undefined) {
    if (yesWipeCount !== wipes.length) throw wrongCount(yesWipeCount, wipes);
    return checked;
  }
  const agreed = new Set(yesWipe);
  return checked.map((one) => {
    const since = one.arming?.system.inService ?? null;
    if (since === null || agreed.has(one.system)) return one;
    return { ...one, arming: null, refused: inService(one.system, since) };
  });
}

function inService(name: string, since: string): Refusal {
  return {
    code: 'wrong-state',
    detail: `system '${name}' is in service since ${since}, and an install wipes its disk`,
    problems: [],
    hint: `if that is meant: --yes-wipe ${name}, or --yes-wipe-count with the number of all that are in service`,
  };
}

/** Names that a message tells. */
const NAMED = 10;

function wrongCount(typed: number, wipes: readonly string[]): DomainError {
  const more = wipes.length > NAMED ? ` and ${wipes.length - NAMED} more` : '';
  const names = wipes.length === 0 ? '' : `: ${wipes.slice(0, NAMED).join(', ')}${more}`;
  return new DomainError(
    'wrong-state',
    `${wipes.length} machines in service would be wiped, not ${typed}${names}; nothing was begun`,
    { hint: 'look at them first: provision install plan, with the same machines' },
  );
}
