import { BmcError } from '../domain/power/bmc-error.ts';
import type { PowerAction } from '../domain/power/power.ts';
import { bmcText } from './bmc-text.ts';
import type { Exchange } from './exchange.ts';
import { RedfishError } from './failure.ts';
import { objectAt, objectsAt, type Resource, rowOf, textAt, textsAt } from './resource.ts';

type Power = 'on' | 'off';

/** What a system says about its power; the states in between count as the one that they leave. Schema Resource, PowerState */
const POWER_STATES: Readonly<Record<string, Power>> = {
  On: 'on',
  Off: 'off',
  PoweringOn: 'off',
  PoweringOff: 'on',
  Paused: 'on',
};

/** Throws `busy` where the BMC does not know: it is null for minutes after the BMC was reset. */
export function powerStateOf(system: Resource): Power {
  const text = textAt(system, 'PowerState');
  if (text === null) throw new BmcError('busy', 'does not know the power state of the machine');
  const state = rowOf(POWER_STATES, text);
  if (state === undefined) throw new BmcError('malformed', `says that the power state is '${bmcText(text)}'`);
  return state;
}

interface ResetRow {
  /** ResetType, the first that the BMC allows. Schema Resource, ResetType */
  readonly types: readonly string[];
  /** PowerStates which say that it was done, or is under way; null: none can. */
  readonly done: readonly string[] | null;
}

const RESETS: Readonly<Record<PowerAction, ResetRow>> = {
  on: { types: ['On', 'ForceOn'], done: ['On', 'PoweringOn'] },
  off: { types: ['ForceOff'], done: ['Off', 'PoweringOff'] },
  cycle: { types: ['PowerCycle'], done: null },
  reset: { types: ['ForceRestart'], done: null },
  soft: { types: ['GracefulShutdown', 'PushPowerButton'], done: ['Off', 'PoweringOff'] },
};

/** Where to post, and what: of the action `#ComputerSystem.Reset`. */
export interface ResetPlan {
  readonly target: string;
  readonly type: string;
}

/**
 * Chooses the ResetType. `allowed`: what the BMC lists; null where it does not. Throws `unsupported` with the list where
 * none of the action's types is in it.
 */
export function chooseReset(
  system: Resource,
  action: PowerAction,
  allowed: readonly string[] | null,
): ResetPlan {
  const target = textAt(system, 'Actions', '#ComputerSystem.Reset', 'target');
  if (target === null) throw new BmcError('unsupported', 'offers no action ComputerSystem.Reset');
  const { types } = RESETS[action];
  const type = types.find((candidate) => allowed?.includes(candidate) ?? true);
  if (type === undefined) {
    const offered = (allowed ?? []).slice(0, 20).map(bmcText).join(', ') || 'none';
    throw new BmcError('unsupported', `offers no ${types.join(' or ')} (it offers ${offered})`);
  }
  // The button switches a machine on that is off: a `soft` that comes too late would start it again.
  if (type === 'PushPowerButton' && powerStateOf(system) === 'off')
    throw new BmcError('refused', 'offers only the power button for it, which would switch the machine on');
  return { target, type };
}

/** The ResetTypes that the BMC allows: beside the action, or in its ActionInfo (DSP0266 §7.11). Null: it does not say. */
export async function allowedResets(
  exchange: Exchange,
  system: Resource,
  signal: AbortSignal,
): Promise<string[] | null> {
  const action = objectAt(system, 'Actions', '#ComputerSystem.Reset');
  const listed = textsAt(action, 'ResetType@Redfish.AllowableValues');
  if (listed !== null) return listed;
  const reference = textAt(action, '@Redfish.ActionInfo');
  const info = reference === null ? null : await exchange.find(reference, signal);
  const parameter = objectsAt(info?.resource ?? {}, 'Parameters').find(
    (candidate) => textAt(candidate, 'Name') === 'ResetType',
  );
  return parameter === undefined ? null : textsAt(parameter, 'AllowableValues');
}

/**
 * Does it. Some firmware answers with an error and does it all the same, or refuses what is so already, so that after an
 * error the state counts, not the answer.
 */
export async function resetSystem(
  exchange: Exchange,
  path: string,
  action: PowerAction,
  signal: AbortSignal,
): Promise<void> {
  const { resource } = await exchange.get(path, signal);
  const plan = chooseReset(resource, action, await allowedResets(exchange, resource, signal));
  try {
    await exchange.post(plan.target, { ResetType: plan.type }, signal);
  } catch (error) {
    const { done } = RESETS[action];
    if (!mayBeDone(error) || done === null) throw error;
    const after = await exchange.get(path, signal).catch(() => null);
    const state = after === null ? null : textAt(after.resource, 'PowerState');
    if (state === null || !done.includes(state)) throw error;
  }
}

/** Not where it is clear that nothing was done: who may not do it has not done it. */
export function mayBeDone(error: unknown): boolean {
  return (
    error instanceof BmcError &&
    !['wrong-credentials', 'privilege', 'unreachable', 'certificate'].includes(error.failure) &&
    !(error instanceof RedfishError && [404, 405, 501].includes(error.status))
  );
}
