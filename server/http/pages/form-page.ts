import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../src/domain/errors.ts';
import { type System, systemInput } from '../../../src/domain/system.ts';
import { actorFrom } from '../auth.ts';
import { problemOf, STATUS } from '../errors.ts';
import { addressesIn } from './check-page.ts';
import { formGroups, SYSTEM_READING } from './form/form-model.ts';
import { bodyOf, compacted, type FormValues, valuesOf } from './form/form-values.ts';
import { mergeRace, parseSeen, type RaceChange } from './form/merge-race.ts';
import { type PlacedProblem, placeProblems } from './form/place-problems.ts';
import { withDemand } from './form/row-demand.ts';
import { fieldsOf, leavesOf } from './form/schema-fields.ts';
import { labelOf } from './form/system-fields.ts';
import { type Form, formOf, type PageKit, seeOther, sendPage, systemPath } from './page-kit.ts';
import type { Named } from './system-page.ts';

const FIELDS = fieldsOf(systemInput);

/** A form that is shown: of a new system, or of one that is there. */
interface Shown {
  readonly system: System | null;
  readonly values: FormValues;
  readonly problems?: readonly PlacedProblem[];
  readonly changes?: readonly RaceChange[];
  readonly status?: number;
  /** Of the form as it is now; what it was opened with when it comes back. */
  readonly seen?: FormValues;
}

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
    if (demanded !== undefined) return sendForm(kit, request, reply, { system: null, values: demanded });
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
    const system = await systems.get(name);
    const demanded = withDemand(FIELDS, asTyped(form), form['_do'], SYSTEM_READING);
    if (demanded !== undefined) return sendForm(kit, request, reply, { system, values: demanded, seen });
    const revision = Number(form['_revision']);
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

/** A record as its form shows it: a host name that follows from the name is not written out. */
function editOf(system: System): FormValues {
  const hostname = system.hostname === system.name ? null : system.hostname;
  return valuesOf(FIELDS, { ...system, hostname });
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

/** Somebody else was quicker: what he changed is shown, and taken over where it was left alone here. */
function sendRace(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  system: System,
  seen: FormValues,
  values: FormValues,
): Promise<FastifyReply> {
  const now = editOf(system);
  const merged = mergeRace(seen, now, values);
  const shown = {
    system,
    values: merged.values,
    changes: merged.changes,
    seen: now,
    status: STATUS['stale-revision'],
  };
  return sendForm(kit, request, reply, shown);
}

async function sendRefused(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  system: System | null,
  values: FormValues,
  error: unknown,
  seen?: FormValues,
): Promise<FastifyReply> {
  if (!(error instanceof DomainError)) throw error;
  const { status } = problemOf(error, request.id);
  const problems = placeProblems(error, values);
  return sendForm(kit, request, reply, { system, values, problems, status, ...(seen && { seen }) });
}

async function sendForm(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  { system, values, problems = [], changes = [], status = 200, seen }: Shown,
): Promise<FastifyReply> {
  const { profiles, subnets, checks } = kit.services;
  const [profileList, subnetList, free] = await Promise.all([
    profiles.list(actorFrom(request)),
    subnets.list(actorFrom(request)),
    checks.freeAddresses(addressesIn(values)),
  ]);
  const names = {
    profiles: profileList.map(({ name }) => name),
    subnets: subnetList.map(({ name }) => name),
  };
  const secretsSet = system === null ? [] : secretPathsOf(system);
  const model = {
    name: system?.name ?? null,
    path: system === null ? '/add-system' : `${systemPath(system.name)}/edit`,
    back: system === null ? '/systems' : systemPath(system.name),
    revision: system?.revision ?? null,
    seen: seen === undefined ? null : JSON.stringify(seen),
    groups: formGroups({ fields: FIELDS, values, problems, names, secretsSet }),
    problems: problems.map((one) => ({ ...one, label: one.at === null ? null : labelOf(one.at) })),
    changes: changes.map((one) => ({ ...one, label: labelOf(one.path) })),
    free: free.slice(0, MOST_OFFERS),
    hasProfiles: names.profiles.length > 0,
  };
  const title = system === null ? 'Add a system' : `Edit ${system.name}`;
  return sendPage(kit, request, reply, { view: 'form.njk', title, section: 'systems', model, status });
}

/** Next free addresses shown below an interface; there may be many subnets. */
const MOST_OFFERS = 6;

function secretPathsOf({ secretsSet, bmc }: System): string[] {
  return [
    ...secretsSet.map((key) => `settings.${key}`),
    ...(bmc?.passwordSet === true ? ['bmc.password'] : []),
    ...(bmc?.kgSet === true ? ['bmc.kg'] : []),
  ];
}
