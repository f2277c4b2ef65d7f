import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../../src/domain/errors.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { actorFrom } from '../auth.ts';
import { SYSTEM_READING } from './form/form-model.ts';
import { bodyOf, compacted, type FormValues, valuesOf } from './form/form-values.ts';
import { parseSeen } from './form/merge-race.ts';
import { withDemand } from './form/row-demand.ts';
import { leavesOf } from './form/schema-fields.ts';
import { editOf, FIELDS, sendForm, sendGone, sendRace, sendRefused } from './form-sheet.ts';
import { type Form, formOf, type PageKit, seeOther, systemPath } from './page-kit.ts';
import type { Named } from './system-page.ts';

/** The form of a system: new, as a copy, or an edit. It posts to the page itself, with and without script. */
export function formPages(app: FastifyInstance, kit: PageKit): void {
  const { systems } = kit.services;
  const adding = { config: { permission: 'operate', scope: 'selection' } } as const;
  const editing = { config: { permission: 'operate', scope: 'system' } } as const;

  app.get('/add-system', adding, (request, reply) =>
    sendForm(kit, request, reply, { system: null, values: NEW }),
  );
  app.get<Named>('/systems/:name/copy', editing, async (request, reply) => {
    const values = copyOf(await systems.get(request.params.name));
    return sendForm(kit, request, reply, { system: null, values });
  });
  app.post('/add-system', adding, async (request, reply) => {
    const form = formOf(request);
    const values = typed(form);
    const demanded = withDemand(FIELDS, asTyped(form), form['_do'], SYSTEM_READING);
    const notice = noticeOf(form);
    if (demanded !== undefined)
      return sendForm(kit, request, reply, { system: null, values: demanded, notice });
    try {
      const { name } = await systems.add(bodyOf(FIELDS, values, SYSTEM_READING), actorFrom(request));
      return seeOther(reply, systemPath(name), 'added');
    } catch (error) {
      return sendRefused(kit, request, reply, null, values, error);
    }
  });

  app.get<Named>('/systems/:name/edit', editing, async (request, reply) => {
    const system = await systems.get(request.params.name);
    const values = editOf(system);
    return sendForm(kit, request, reply, { system, values, seen: values });
  });
  app.post<Named>('/systems/:name/edit', editing, async (request, reply) => {
    const form = formOf(request);
    const { name } = request.params;
    const values = typed(form);
    const seen = parseSeen(form['_seen']);
    const system = await findSystem(kit, name);
    if (system === undefined) return sendGone(kit, request, reply, name, values);
    const demanded = withDemand(FIELDS, asTyped(form), form['_do'], SYSTEM_READING);
    const revision = Number(form['_revision']);
    const notice = noticeOf(form);
    // With the revision that it was opened with, so that what somebody else has done since is seen when it is saved.
    if (demanded !== undefined)
      return sendForm(kit, request, reply, { system, values: demanded, seen, revision, notice });
    if (system.revision !== revision) return sendRace(kit, request, reply, system, seen, values);
    try {
      const body = bodyOf(FIELDS, values, SYSTEM_READING);
      const saved = await systems.update(name, body, actorFrom(request), revision);
      return seeOther(reply, systemPath(saved.name), 'saved');
    } catch (error) {
      if (error instanceof DomainError && error.code === 'stale-revision')
        return sendRace(kit, request, reply, await systems.get(name), seen, values);
      return sendRefused(kit, request, reply, system, values, error, seen);
    }
  });
}

/** What is said above a form that was carried through a login. */
function noticeOf(form: Form): string | null {
  return form['_do'] === 'keep' ? 'This is what you had typed; nothing was saved yet.' : null;
}

async function findSystem({ services: { systems } }: PageKit, name: string): Promise<System | undefined> {
  try {
    return await systems.get(name);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Every field that stands once in a form, so that what a browser does not send is known as well. */
const EMPTY: FormValues = Object.fromEntries(
  leavesOf(FIELDS)
    .filter(({ path }) => !path.includes('*'))
    .map(({ path }) => [path, '']),
);
const NEW: FormValues = { ...valuesOf(FIELDS, {}), 'interfaces.0.name': 'eth0' };

/** The fields of the record as they stand in the form, without what the form itself needs. */
function asTyped(form: Form): FormValues {
  const own = Object.entries(form).filter(([key]) => !key.startsWith('_'));
  return { ...EMPTY, ...Object.fromEntries(own) };
}

/** The same without entries that say nothing: what is sent. */
function typed(form: Form): FormValues {
  const values = compacted(FIELDS, asTyped(form), SYSTEM_READING);
  const hasCard = Object.keys(values).some((key) => key.startsWith('interfaces.0.'));
  return hasCard ? values : { ...values, 'interfaces.0.name': 'eth0', 'interfaces.0.mac': '' };
}

/** Another machine like it: without what only one machine can have. */
function copyOf(system: System): FormValues {
  const bmc = system.bmc && { ...system.bmc, address: null };
  const interfaces = system.interfaces.map((one) => ({
    ...one,
    ...{ mac: null, clientId: null, circuitId: null, remoteId: null, addresses: [] },
    ip: one.ip === null ? null : 'auto',
  }));
  return valuesOf(FIELDS, { ...system, name: '', hostname: null, comment: '', bmc, interfaces });
}
