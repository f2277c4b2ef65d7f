import { z } from 'zod';
import { DomainError, notFound } from '../../domain/errors.ts';
import type { Handoff, HandoffItem, HandoffReceipt } from '../../domain/handoff/handoff.ts';
import { LIVE_STATES, NO_HANDOFF } from '../../domain/install/install.ts';
import { advance } from '../../domain/install/install-state.ts';
import type { System } from '../../domain/records/system.ts';
import type { StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import type { StoredInstall, StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import { factsOf } from '../installs/installs.ts';
import { type Selection, selectionFields, selectionProblem } from '../power/select-systems.ts';
import type { Usable } from './usable.ts';

/** One request for machines in service. */
export const handoffInput = z
  .strictObject({
    ...selectionFields,
    /** Only look at what would change. */
    check: z.boolean().default(false),
  })
  .superRefine((input, ctx) => {
    const message = selectionProblem(input as Selection);
    if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['systems'], message });
  });

export interface RunRequest {
  readonly batch: string;
  readonly check: boolean;
  readonly actor: Actor;
  readonly nowMs: number;
  /** By name, those that can be used now; the others with their reason. */
  readonly usable: ReadonlyMap<string, Usable | DomainError>;
}

/** Puts a run on record for a machine in service, or says why not. */
export async function addRun(
  tx: StoreTransaction,
  { id: systemId, name }: Pick<System, 'id' | 'name'>,
  request: RunRequest,
): Promise<{ readonly item: HandoffItem; readonly added: StoredHandoff | null }> {
  const found = await tx.systems.findById(systemId);
  if (found === undefined) return refusedItem(name, notFound('system', name));
  const { system } = found;
  const open = await tx.handoffs.findOpen(systemId);
  const refusal = whyNot(system, open?.handoff, request);
  if (refusal !== undefined) return refusedItem(name, refusal);
  const definition = system.effective.handoff.value;
  const { batch, check, actor, nowMs, usable } = request;
  const chosen = usable.get(definition);
  if (chosen === undefined || chosen instanceof DomainError)
    throw new TypeError(`not looked at: ${definition}`);
  const message = `asked for by ${actor.name}`;
  const requestedBy = actor.name;
  const write = {
    batch,
    systemId,
    installId: null,
    definition,
    driver: chosen.driver,
    check,
    requestedBy,
    message,
  };
  const added = await tx.handoffs.add(write, nowMs);
  await audit(tx, added, actor, nowMs);
  return { item: { system: name, handoff: added.handoff, refused: null }, added };
}

function whyNot(system: System, open: Handoff | undefined, request: RunRequest): DomainError | undefined {
  const { name } = system;
  const definition = system.effective.handoff.value;
  if (system.inService === null)
    return new DomainError('wrong-state', `${name} is not in service`, {
      hint: `a hand-off that failed is tried again by: provision handoff retry ${name}`,
    });
  if (system.install !== null && LIVE_STATES.includes(system.install.state))
    return new DomainError('wrong-state', `${name} is about to be installed (${system.install.state})`, {
      hint: `end that first: provision system cancel ${name}`,
    });
  if (open !== undefined)
    return new DomainError('wrong-state', `run ${open.id} is under way for ${name} (${open.state})`, {
      hint: `watch it: provision handoff log ${open.id} --follow; or end it: provision handoff cancel ${open.id}`,
    });
  if (definition === NO_HANDOFF)
    return new DomainError('not-ready', `no hand-off is chosen for ${name}`, {
      hint: `choose one: provision system edit ${name} --handoff NAME`,
    });
  const chosen = request.usable.get(definition);
  if (chosen instanceof DomainError) return chosen;
  if (chosen !== undefined && request.check && !chosen.canCheck)
    return new DomainError('not-ready', `the driver ${chosen.driver} cannot only look at what would change`, {
      hint: 'leave out --check, or choose a hand-off of the driver ansible',
    });
  return undefined;
}

/** Begins the failed hand-off of an install anew, and the install with it, in one transaction. */
export async function addRetry(
  tx: StoreTransaction,
  name: string,
  { driver, actor, nowMs, batch }: { driver: string; actor: Actor; nowMs: number; batch: string },
): Promise<StoredHandoff> {
  const { systemId, install } = await findRetryable(tx, name);
  const moved = advance(factsOf(install), { kind: 'handoff-retried' }, nowMs);
  if (moved.refused !== undefined || moved.change === null) throw nothingToRetry(name, install.state);
  await tx.installs.update(install.id, moved.change, nowMs);
  const message = `tried again by ${actor.name}`;
  const added = await tx.handoffs.add(
    {
      batch,
      systemId,
      installId: install.id,
      definition: install.handoff,
      driver,
      check: false,
      requestedBy: actor.name,
      message,
    },
    nowMs,
  );
  await audit(tx, added, actor, nowMs);
  return added;
}

/** The install whose hand-off can be tried again. Throws DomainError. */
export async function findRetryable(tx: StoreTransaction, name: string): Promise<StoredInstall> {
  const found = await tx.systems.find(name);
  if (found === undefined) throw notFound('system', name);
  const latest = await tx.installs.findLatest(found.system.id);
  if (latest?.install.failure !== 'handoff')
    throw nothingToRetry(name, latest?.install.state ?? 'never armed');
  return latest;
}

function nothingToRetry(name: string, state: string): DomainError {
  return new DomainError('wrong-state', `${name} has no failed hand-off to try again (${state})`, {
    hint: `a machine in service is configured anew by: provision handoff run ${name}`,
  });
}

async function audit(
  tx: StoreTransaction,
  { handoff }: StoredHandoff,
  actor: Actor,
  nowMs: number,
): Promise<void> {
  const { id, system, definition, install, check } = handoff;
  const detail = { handoff: id, definition, install, check };
  const entry = { by: actor, action: 'handoff' as const, noun: 'system', name: system, detail };
  await tx.audit.add(entry, nowMs);
}

/** A machine for which nothing is put on record. */
function refusedItem(system: string, error: DomainError): { item: HandoffItem; added: null } {
  const refused = { code: error.code, detail: error.message, hint: error.hint ?? '' };
  return { item: { system, handoff: null, refused }, added: null };
}

/** All that became of a request: machines that were not named, and are not in service, are only told of. */
export function receiptOf(
  batch: string,
  items: readonly HandoffItem[],
  named: readonly string[] | undefined,
): HandoffReceipt {
  const isSkipped = ({ refused }: HandoffItem): boolean =>
    named === undefined && refused?.code === 'wrong-state';
  const there = new Set(items.map(({ system }) => system));
  const strangers = (named ?? []).filter((name) => !there.has(name));
  const missing = strangers.map((name) => refusedItem(name, notFound('system', name)).item);
  return {
    batch,
    items: [...items.filter((item) => !isSkipped(item)), ...missing],
    skipped: items.filter(isSkipped).map(({ system }) => system),
  };
}

/** A run that nothing can be done about any more. */
export function isOver({ id, system, install, message }: Handoff): DomainError {
  const again = install === null ? `provision handoff run ${system}` : `provision handoff retry ${system}`;
  return new DomainError('wrong-state', `run ${id} is over: ${message}`, { hint: `begin anew: ${again}` });
}
