import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BootEvent } from '../../../src/domain/boot/boot-event.ts';
import type { DomainError } from '../../../src/domain/errors.ts';
import { actorFrom } from '../auth.ts';
import { problemOf } from '../errors.ts';
import { effectiveRows } from './effective-rows.ts';
import { interfaceRows } from './interface-rows.ts';
import { type PageKit, sendPage, systemPath } from './page-kit.ts';
import { actionsModel, headModel, type RefusedAsk, recordFacts } from './system-model.ts';
import { diagnosisAlert, stageRows, timelineRows } from './timeline-model.ts';

export type Named = { Params: { name: string } };

const EVENTS_A_READ = 1000;

/** Interfaces that are seen at once; a machine may have 64. */
const INTERFACES_SHOWN = 8;

/** One system: how it stands, what it gets, what happened. */
export function systemPage(app: FastifyInstance, kit: PageKit): void {
  const config = { permission: 'read', scope: 'system' } as const;
  app.get<Named>('/systems/:name', { config }, (request, reply) =>
    sendSystem(kit, request, reply, request.params.name),
  );
  app.get<Named>('/systems/:name/files', { config }, async (request, reply) => {
    const { name } = request.params;
    await kit.services.systems.get(name);
    const { steps, firmware, by } = await kit.services.explain.explain(
      { who: name, asIfArmed: 'true' },
      actorFrom(request),
    );
    const model = {
      name,
      path: systemPath(name),
      steps,
      firmware: `${firmware.kind} (${firmware.from})`,
      by,
    };
    return sendPage(kit, request, reply, {
      view: 'files.njk',
      title: `Files of ${name}`,
      section: 'systems',
      model,
    });
  });
}

/** The page of a system; `refused`: what was asked for just now, and why it was not done. */
export async function sendSystem(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  refused?: RefusedAsk & { readonly error: DomainError },
): Promise<FastifyReply> {
  const { systems, diagnosis, power, effective } = kit.services;
  const events = await everyEvent(kit, name);
  const [system, seen, jobs, values] = await Promise.all([
    systems.get(name),
    diagnosis.diagnose(name),
    power.jobs.list({ system: name, open: true }, 1, actorFrom(request)),
    effective(name),
  ]);
  const nowMs = kit.now();
  const path = systemPath(name);
  const model = {
    path,
    streamPath: `/api/v1${path}/events?after=${events.at(-1)?.id ?? 0}`,
    refusal: refused && refusalOf(refused.error),
    head: headModel(system, jobs, nowMs),
    alert: diagnosisAlert(seen),
    stages: stageRows(seen),
    events: timelineRows(events),
    facts: recordFacts(system, nowMs),
    interfaces: interfaceRows(system.interfaces),
    shown: INTERFACES_SHOWN,
    effective: effectiveRows(system, values),
    actions: actionsModel(system, nowMs, refused),
  };
  const status = refused === undefined ? 200 : problemOf(refused.error, request.id).status;
  return sendPage(kit, request, reply, {
    view: 'system.njk',
    title: name,
    section: 'systems',
    model,
    status,
  });
}

/** One problem is a sentence; several are a list below what they have in common. */
function refusalOf({ message, hint, problems }: DomainError) {
  const [only, ...more] = problems;
  if (only === undefined) return { message, hint: hint ?? null, problems: [] };
  return more.length === 0
    ? { message: only.message, hint: hint ?? null, problems: [] }
    : { message: `${problems.length} things are in the way`, hint: hint ?? null, problems };
}

/** Its whole timeline, which is limited: the end of it is what people look for. */
async function everyEvent({ services: { events } }: PageKit, name: string): Promise<BootEvent[]> {
  const all: BootEvent[] = [];
  for (;;) {
    const part = await events.timeline(name, all.at(-1)?.id ?? 0, EVENTS_A_READ);
    all.push(...part);
    if (part.length < EVENTS_A_READ) return all;
  }
}
