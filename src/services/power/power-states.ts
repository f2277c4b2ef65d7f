import { z } from 'zod';
import { BMC_FAILURES, BmcError } from '../../domain/power/bmc-error.ts';
import type { PowerState, PowerStatus } from '../../domain/power/power.ts';
import { createGroupCommit } from '../../store/interfaces/group-commit.ts';
import type { PowerNote, StoredBmc } from '../../store/interfaces/power-store.ts';
import type { Actor } from '../deps.ts';
import { parseInput } from '../records/input.ts';
import type { BmcAccess } from './bmc-access.ts';
import type { PowerDeps } from './power-deps.ts';
import { refusalOf, refusedError } from './power-requests.ts';
import {
  listReachable,
  type Selection,
  selectionFields,
  selectionProblem,
  selectSystems,
} from './select-systems.ts';
import { withTries } from './tries.ts';

/** Which machines' BMCs are asked now. */
export const statusInput = z.strictObject(selectionFields).superRefine((input, ctx) => {
  const message = selectionProblem(input as Selection);
  if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['systems'], message });
});

/** Power as BMCs tell it, and as it is remembered. */
export interface PowerStates {
  /** Remembers, a little later. */
  note(systemId: number, state: PowerState, reason: string): void;
  /** Asks the BMC of one system. */
  get(name: string): Promise<PowerStatus>;
  /** Asks many at once. */
  ask(
    body: unknown,
    actor: Actor,
  ): Promise<{ readonly items: readonly PowerStatus[]; readonly skipped: readonly string[] }>;
  /** Resolves when everything noted so far is written. */
  flush(): Promise<void>;
}

/** More than so many BMCs are read with all the others. */
const READ_ALL_FROM = 200;

export function createPowerStates(power: PowerDeps, access: BmcAccess): PowerStates {
  const { deps, clock, onError } = power;
  const { read } = deps.store;
  const writes = createGroupCommit<PowerNote, true>((notes) =>
    deps.store.transaction(async (tx) => {
      await tx.powerStates.note(notes);
      return notes.map(() => true as const);
    }),
  );
  const waiting = new Set<Promise<unknown>>();
  const note: PowerStates['note'] = (systemId, state, reason) => {
    const written = writes
      .add({ systemId, state, atMs: clock.now(), reason })
      .catch((error) => onError(error, 'the state of power'))
      .finally(() => waiting.delete(written));
    waiting.add(written);
  };
  // Two who ask at once ask once.
  const asking = new Map<number, Promise<PowerStatus>>();
  const askOne = (stored: StoredBmc): Promise<PowerStatus> => {
    const known = asking.get(stored.systemId);
    if (known !== undefined) return known;
    const answer = askBmc(stored).finally(() => asking.delete(stored.systemId));
    asking.set(stored.systemId, answer);
    return answer;
  };
  const askBmc = async (stored: StoredBmc): Promise<PowerStatus> => {
    const { system, systemId } = stored;
    try {
      const state = await withTries(clock, (signal) =>
        access.session(stored, signal, (session) => session.powerState()),
      );
      note(systemId, state, 'status');
      return { system, state, checkedAt: timeText(clock.now()), failure: null, reason: null, hint: null };
    } catch (error) {
      if (!(error instanceof BmcError)) throw error;
      const reason = `${BMC_FAILURES[error.failure].says}: ${error.message}`;
      note(systemId, 'unknown', reason);
      return {
        ...unknown(system, clock.now()),
        failure: error.failure,
        reason,
        hint: error.hint.replace('NAME', system),
      };
    }
  };
  return {
    note,
    async flush() {
      await Promise.all(waiting);
    },
    async get(name) {
      const found = await read.systems.find(name);
      if (found === undefined) throw refusedError(name, 'not-found');
      const stored = await read.bmcs.find(found.system.id);
      if (stored?.bmc.driver == null) throw refusedError(name, 'no-power-control');
      return askOne(stored);
    },
    async ask(body, actor) {
      const { chosen, missing, skipped } = selectSystems(
        await listReachable(read, actor),
        parseInput(statusInput, body),
      );
      const ids = chosen.length > READ_ALL_FROM ? undefined : chosen.map(({ id }) => id);
      const bmcs = new Map((await read.bmcs.list(ids)).map((stored) => [stored.systemId, stored]));
      const asked = chosen.flatMap(({ id }) => {
        const stored = bmcs.get(id);
        return stored === undefined ? [] : [askOne(stored)];
      });
      const strangers = missing.map(({ system, why }): PowerStatus => {
        const { detail, hint } = refusalOf(system, why);
        return { ...unknown(system, clock.now()), failure: why, reason: detail, hint };
      });
      return { items: [...(await Promise.all(asked)), ...strangers], skipped };
    },
  };
}

function unknown(system: string, nowMs: number) {
  return { system, state: 'unknown' as const, checkedAt: timeText(nowMs) };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
