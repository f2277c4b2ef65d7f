import type { Handoff, HandoffChange } from '../../domain/handoff/handoff.ts';
import type { HandoffDefinition } from '../../domain/handoff/handoff-definition.ts';
import type { StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import {
  decideHandoff,
  type HandoffRules,
  type HandoffSeen,
  type HandoffSituation,
  type HandoffStep,
  type SshHeard,
} from './decide-handoff.ts';
import type { HandoffOutcome, HandoffTarget } from './driver.ts';
import type { HandoffDeps } from './handoff-deps.ts';
import { eventOfStep } from './handoff-events.ts';
import type { Turns } from './turns.ts';

export interface RunHandoffDeps extends HandoffDeps {
  readonly turns: Turns;
  readonly probeTurns: Turns;
  /** Writes the change, and what it means for the install, together; undefined: the run is over or gone. */
  readonly write: (stored: StoredHandoff, change: HandoffChange) => Promise<StoredHandoff | undefined>;
  /** Where the machine is, and which host keys it reported. */
  readonly locate: (stored: StoredHandoff) => Promise<Pick<HandoffTarget, 'address' | 'hostKeys'>>;
}

/** Goes on with a run from what is on record until it is over. Rejects with the signal's reason, and for what is our own fault. */
export async function runHandoff(
  deps: RunHandoffDeps,
  stored: StoredHandoff,
  signal: AbortSignal,
): Promise<void> {
  await deps.ready();
  const definition = deps.definitions()[stored.handoff.definition];
  const unusable = await whyUnusable(deps, definition);
  if (definition === undefined || unusable !== undefined) {
    const outcome = { failure: 'not-usable', message: unusable ?? '', changed: null } as const;
    await take(
      deps,
      stored,
      decideHandoff(situationOf(stored.handoff, NO_RULES), { kind: 'ended', outcome }, 0),
    );
    return;
  }
  const rules = rulesOf(deps, definition);
  let [run, seen, refusals]: [StoredHandoff, HandoffSeen, number] = [stored, { kind: 'begin' }, 0];
  let giveBack = (): void => {};
  try {
    for (;;) {
      const step = decideHandoff(situationOf(run.handoff, rules), seen, deps.clock.now());
      if (step.do !== 'run') giveBack();
      const written = await take(deps, run, step);
      if (written === undefined || step.do === 'finish') return;
      run = written;
      signal.throwIfAborted();
      switch (step.do) {
        case 'rest':
          await deps.clock.wait(step.afterMs, signal);
          seen = { kind: 'begin' };
          break;
        case 'probe': {
          await deps.clock.wait(step.afterMs, signal);
          const answer = await ask(deps, run, definition, signal);
          refusals = answer.kind === 'login-refused' ? refusals + 1 : 0;
          seen = { kind: 'ssh', answer, refusals };
          break;
        }
        case 'queue':
          giveBack = await deps.turns.take(signal);
          seen = { kind: 'turn' };
          break;
        case 'run':
          seen = {
            kind: 'ended',
            outcome: await runPhase(deps, run, { definition, phase: step.phase }, signal),
          };
          break;
      }
    }
  } finally {
    giveBack();
  }
}

const NO_RULES: HandoffRules = { needs: 'nothing', checkFirst: false, sshWaitMs: 0, tries: 1 };

function rulesOf({ driverOf }: RunHandoffDeps, definition: HandoffDefinition): HandoffRules {
  return {
    needs: driverOf(definition).needs(definition),
    checkFirst: 'checkFirst' in definition && definition.checkFirst,
    sshWaitMs: definition.sshWaitSeconds * 1000,
    tries: definition.tries,
  };
}

/** Writes the step down before it is done, and tells of it. */
async function take(
  deps: RunHandoffDeps,
  stored: StoredHandoff,
  step: HandoffStep,
): Promise<StoredHandoff | undefined> {
  if (Object.keys(step.change).length === 0) return stored;
  const written = await deps.write(stored, step.change);
  if (written === undefined) return undefined;
  const event = eventOfStep(stored, written, step);
  if (event !== undefined) deps.record(event);
  return written;
}

/** Why the definition cannot be used now: somebody may have changed it since it was chosen. */
async function whyUnusable(
  { driverOf }: RunHandoffDeps,
  definition: HandoffDefinition | undefined,
): Promise<string | undefined> {
  if (definition === undefined) return 'the configuration has no hand-off of this name any more';
  const problems = await driverOf(definition).problems(definition);
  return problems.length === 0 ? undefined : problems.join('; ');
}

async function targetOf(
  deps: RunHandoffDeps,
  stored: StoredHandoff,
  { port }: HandoffDefinition,
): Promise<HandoffTarget> {
  return { system: stored.handoff.system, port, ...(await deps.locate(stored)) };
}

async function ask(
  deps: RunHandoffDeps,
  stored: StoredHandoff,
  definition: HandoffDefinition,
  signal: AbortSignal,
): Promise<SshHeard> {
  const target = await targetOf(deps, stored, definition);
  if (target.hostKeys.length === 0) return { kind: 'no-host-keys' };
  if (target.address === '') return { kind: 'no-address' };
  const need = deps.driverOf(definition).needs(definition);
  const giveBack = await deps.probeTurns.take(signal);
  try {
    return await deps.probe({ id: stored.handoff.id, target, need, definition }, signal);
  } finally {
    giveBack();
  }
}

async function runPhase(
  deps: RunHandoffDeps,
  stored: StoredHandoff,
  { definition, phase }: { definition: HandoffDefinition; phase: 'checking' | 'running' },
  signal: AbortSignal,
): Promise<HandoffOutcome> {
  const { handoff } = stored;
  const log = await deps.logs.open(handoff.id);
  const what = phase === 'checking' ? 'what would change' : 'for real';
  const at = new Date(deps.clock.now()).toISOString();
  log.write(`== ${at} ${handoff.definition} on ${handoff.system}, try ${handoff.tries + 1}, ${what}\n`);
  try {
    const target = await targetOf(deps, stored, definition);
    const order = { definition, handoff, target, phase, log: log.write };
    return await deps.driverOf(definition).run(order, signal);
  } catch (error) {
    if (signal.aborted) log.write(`== given up: ${(signal.reason as Error).message}\n`);
    throw error;
  } finally {
    await log.close();
  }
}

function situationOf(handoff: Handoff, rules: HandoffRules): HandoffSituation {
  const { state, tries, interruptions, check } = handoff;
  return {
    state,
    tries,
    interruptions,
    check,
    stateAtMs: Date.parse(handoff.stateAt),
    startAtMs: Date.parse(handoff.startAt),
    rules,
  };
}
