import { z } from 'zod';
import { DomainError } from '../../domain/errors.ts';
import type { Job, JobItem } from '../../domain/power/job.ts';
import { POWER_ACTIONS } from '../../domain/power/power.ts';
import type { PowerSystem, StoredJob } from '../../store/interfaces/power-store.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import { type Selection, selectionFields, selectionProblem } from './select-systems.ts';

/** One request for many machines. */
export const powerInput = z
  .strictObject({
    action: z.enum(POWER_ACTIONS),
    ...selectionFields,
    /** From one machine to the next: a rack that starts at once may blow its fuse, and asks for its boot files at once. */
    staggerSeconds: z.number().min(0).max(3600).default(0),
    /** How long a machine may take to get where it is to be; null: as configured. */
    timeoutSeconds: z.int().min(5).max(3600).nullable().default(null),
    /** Only say which machines are meant. */
    dryRun: z.boolean().default(false),
  })
  .superRefine((input, ctx) => {
    const message = selectionProblem(input as Selection);
    if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['systems'], message });
  });
export type PowerInput = z.infer<typeof powerInput>;

interface JobRequest {
  readonly input: PowerInput;
  readonly batch: string;
  readonly actor: Actor;
  readonly nowMs: number;
  readonly timeoutSeconds: number;
}

/** Puts one job on record, with its audit row; or finds the one that is under way. */
export async function addJob(
  tx: StoreTransaction,
  system: PowerSystem,
  place: number,
  { input, batch, actor, nowMs, timeoutSeconds }: JobRequest,
): Promise<{ readonly item: JobItem; readonly added: StoredJob | null }> {
  const open = await tx.jobs.findOpen(system.id);
  if (open !== undefined) return { item: beside(open.job, input), added: null };
  const { action, staggerSeconds } = input;
  const startAt = nowMs + Math.round(place * staggerSeconds * 1000);
  const message = `asked for by ${actor.name}`;
  const write = {
    batch,
    systemId: system.id,
    action,
    requestedBy: actor.name,
    startAt,
    timeoutSeconds,
    message,
  };
  const added = await tx.jobs.add(write, nowMs);
  const detail = { job: added.job.id, action, staggerSeconds, timeoutSeconds };
  await tx.audit.add({ by: actor, action: 'power', noun: 'system', name: system.name, detail }, nowMs);
  return { item: { system: system.name, job: added.job, joined: false, refused: null }, added };
}

/** Asked twice, done once: the same again is what is under way, anything else has to wait. */
function beside(job: Job, { action }: PowerInput): JobItem {
  if (job.action === action) return { system: job.system, job, joined: true, refused: null };
  const refused = {
    code: 'wrong-state',
    detail: `job ${job.id} is under way: ${job.action} by ${job.requestedBy}`,
    hint: `wait for it, or end it: provision power cancel ${job.id}`,
  };
  return { system: job.system, job: null, joined: false, refused };
}

const REFUSALS = {
  'not-found': (name: string) => ({
    detail: `there is no system named '${name}'`,
    hint: 'list them with: provision system list',
  }),
  'no-power-control': (name: string) => ({
    detail: `system '${name}' has no power control`,
    hint: `say how to reach its BMC: provision system edit ${name} --bmc ADDRESS --bmc-user … --bmc-password-stdin`,
  }),
} as const;

/** Why there is no job for a system that was named. */
export function refusalOf(
  name: string,
  why: keyof typeof REFUSALS,
): { code: string; detail: string; hint: string } {
  return { code: why, ...REFUSALS[why](name) };
}

/** The same as an error, where one system only was asked for. */
export function refusedError(name: string, why: keyof typeof REFUSALS): DomainError {
  const { detail, hint } = REFUSALS[why](name);
  return new DomainError(why === 'not-found' ? 'not-found' : 'wrong-state', detail, { hint });
}
