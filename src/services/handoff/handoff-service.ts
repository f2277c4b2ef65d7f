import { setImmediate } from 'node:timers/promises';
import { DomainError } from '../../domain/errors.ts';
import type { Handoff, HandoffItem, HandoffReceipt } from '../../domain/handoff/handoff.ts';
import { NO_HANDOFF } from '../../domain/install/install.ts';
import type { System } from '../../domain/records/system.ts';
import type { HandoffFilter, StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import { auditedReads } from '../access/audited-reads.ts';
import { isSystemInScope } from '../access/scope.ts';
import type { Actor } from '../deps.ts';
import type { HandoffFact } from '../doctor/facts.ts';
import { chooserOf, listReachable } from '../power/select-systems.ts';
import { parseInput } from '../records/input.ts';
import { beginRun } from './begin-runs.ts';
import type { HandoffDeps, HandoffLogPiece } from './handoff-deps.ts';
import { handoffEvent } from './handoff-events.ts';
import { addRetry, addRun, findRetryable, handoffInput, isOver, receiptOf } from './handoff-requests.ts';
import { writeStep } from './handoff-writes.ts';
import { createRunner } from './runner.ts';
import { examineAll, getUsable, lookAtAll, refuseArming } from './usable.ts';

/** Use cases of hand-offs: runs that installs begin, and those that are asked for. */
export interface HandoffService {
  run(body: unknown, actor: Actor): Promise<HandoffReceipt>;
  /** Configures a machine again whose hand-off failed; nothing is installed. */
  retry(system: string, actor: Actor): Promise<Handoff>;
  list(filter: HandoffFilter, limit: number, actor: Actor): Promise<Handoff[]>;
  get(id: number, actor: Actor): Promise<Handoff>;
  /** A piece of its log from a byte on; `over`: nothing will follow. */
  log(id: number, from: number, actor: Actor): Promise<HandoffLogPiece & { readonly over: boolean }>;
  cancel(id: number, actor: Actor): Promise<Handoff>;
  /** The hand-off that a system would get now; throws DomainError 'not-ready' with every reason where it cannot be used. */
  choose(system: System): Promise<string>;
  /** Every definition, and what is wrong with it. */
  examine(): Promise<readonly HandoffFact[]>;
  /** Begins what installs wait for, and ends what none waits for any more. */
  tick(): Promise<void>;
  /** Goes on with every open run. */
  resume(): Promise<void>;
  /** Lets go of every run where it stands; `resume` of the next start goes on. */
  stop(): Promise<void>;
  prune(): Promise<void>;
}

/** Runs written by one transaction: for so long no packet is answered. */
const AT_ONCE = 50;
const ALL = 1_000_000;
const KEEP_MS = 90 * 24 * 60 * 60_000;

export function handoffService(parts: HandoffDeps): HandoffService {
  const { deps, clock, record, logs } = parts;
  const { store } = deps;
  const runner = createRunner(parts);
  const noteRead = auditedReads(deps);
  const newBatch = (): string => deps.randomBytes(6).toString('hex');
  const getStored = async (id: number, actor: Actor): Promise<StoredHandoff> => {
    const stored = await store.read.handoffs.find(id);
    const isThere = stored && (await isSystemInScope(store.read, stored.handoff.system, actor));
    if (stored !== undefined && isThere) return stored;
    throw new DomainError('not-found', `there is no hand-off run ${id}`, {
      hint: 'list them with: provision handoff list',
    });
  };
  return {
    async run(body, actor) {
      const { check, ...selection } = parseInput(handoffInput, body);
      const chosen = (await listReachable(store.read, actor)).filter(chooserOf(selection));
      const request = { batch: newBatch(), check, actor, nowMs: clock.now(), usable: await lookAtAll(parts) };
      const items: HandoffItem[] = [];
      for (let from = 0; from < chosen.length; from += AT_ONCE) {
        const part = await store.transaction(async (tx) => {
          const added: Awaited<ReturnType<typeof addRun>>[] = [];
          for (const system of chosen.slice(from, from + AT_ONCE))
            added.push(await addRun(tx, system, request));
          return added;
        });
        for (const { item, added } of part) {
          items.push(item);
          if (added !== null) runner.start(added);
        }
        await setImmediate();
      }
      return receiptOf(request.batch, items, selection.systems);
    },
    async retry(name, actor) {
      const { install } = await findRetryable(store.read, name);
      const { driver } = await getUsable(parts, install.handoff);
      const request = { driver, actor, nowMs: clock.now(), batch: newBatch() };
      const added = await store.transaction((tx) => addRetry(tx, name, request));
      record(handoffEvent(added, 'handoff', 'ok', added.handoff.message));
      runner.start(added);
      return added.handoff;
    },
    list: async (filter, limit, { scope }) =>
      (await store.read.handoffs.list({ ...filter, scope }, limit)).map(({ handoff }) => handoff),
    get: async (id, actor) => (await getStored(id, actor)).handoff,
    async log(id, from, actor) {
      // Looked at before the file is read: a run that ends in between is over with the next piece.
      const { handoff } = await getStored(id, actor);
      await noteRead(actor, handoff.system, { log: 'handoff', handoff: id });
      const piece = await logs.read(id, from);
      return { ...piece, over: handoff.finishedAt !== null && piece.next === from };
    },
    async cancel(id, actor) {
      const stored = await getStored(id, actor);
      const message = `cancelled by ${actor.name}`;
      const cancelled = await store.transaction(async (tx) => {
        const written = await writeStep(tx, stored, { state: 'cancelled', message }, clock.now());
        if (written === undefined) throw isOver(stored.handoff);
        const { system: name } = written.handoff;
        const entry = {
          by: actor,
          action: 'cancel',
          noun: 'system',
          name,
          detail: { handoff: id },
        } as const;
        await tx.audit.add(entry, clock.now());
        return written;
      });
      runner.letGo(id, message);
      record(handoffEvent(cancelled, 'handoff', 'warning', message));
      return cancelled.handoff;
    },
    async choose(system) {
      const { value } = system.effective.handoff;
      if (value !== NO_HANDOFF) await refuseArming(parts, system, value);
      return value;
    },
    examine: () => examineAll(parts),
    async tick() {
      const configuring = await store.read.handoffs.listConfiguring();
      for (const stored of runner.keepOnly(new Set(configuring.map(({ id }) => id))))
        await store.transaction((tx) => writeStep(tx, stored, {}, clock.now()));
      for (const install of configuring.filter(({ hasOpenRun }) => !hasOpenRun)) {
        const driver = parts.definitions()[install.handoff]?.driver ?? 'unknown';
        const about = { batch: newBatch(), driver, nowMs: clock.now() };
        const begun = await store.transaction((tx) => beginRun(tx, install, about));
        if (begun?.ended !== undefined) runner.letGo(begun.ended.handoff.id, begun.ended.handoff.message);
        if (begun !== undefined) runner.start(begun.added);
      }
    },
    async resume() {
      for (const stored of await store.read.handoffs.list({ open: true }, ALL)) runner.start(stored);
    },
    stop: runner.stop,
    async prune() {
      await store.transaction((tx) => tx.handoffs.prune(clock.now() - KEEP_MS));
      await logs.prune(store.read.handoffs.listIds);
    },
  };
}
