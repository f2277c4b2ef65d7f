import { z } from 'zod';
import { DomainError, invalid, notFound } from '../../domain/errors.ts';
import type { Install } from '../../domain/install/install.ts';
import { recordName } from '../../domain/records/fields.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';

export const moveInput = z.strictObject({
  system: recordName,
  /** A place from 1 on. */
  to: z.union([z.literal('first'), z.literal('last'), z.int().min(1)]),
});

/** Gives an install that waits another place; what was decided about its time is decided anew. */
export async function moveInstall({ store, now }: Deps, body: unknown, actor: Actor): Promise<Install> {
  const { system, to } = parseInput(moveInput, body);
  return store.transaction(async (tx) => {
    const found = await tx.systems.find(system);
    if (found === undefined) throw notFound('system', system);
    const latest = await tx.installs.findLatest(found.system.id);
    const from = latest?.install.position ?? null;
    if (latest === undefined || from === null) throw notQueued(system, latest?.install);
    const { queued } = await tx.queue.count();
    const place = { first: 1, last: queued }[to] ?? Number(to);
    if (place > queued) throw invalid([{ path: 'to', message: `there are ${queued} places in the queue` }]);
    const { id } = latest.install;
    await tx.queue.move(id, place);
    await tx.queue.setDue(id, null);
    const detail = { install: id, from, to: place };
    await tx.audit.add({ by: actor, action: 'update', noun: 'install', name: system, detail }, now());
    return { ...latest.install, position: place };
  });
}

function notQueued(system: string, install: Install | undefined): DomainError {
  const state = install === undefined ? 'it was never armed' : `it is ${install.state}`;
  return new DomainError('wrong-state', `the install of '${system}' is not in the queue: ${state}`, {
    hint: 'see who is: provision install queue',
  });
}
