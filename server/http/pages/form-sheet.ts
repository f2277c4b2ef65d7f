import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../src/domain/errors.ts';
import { type System, systemInput } from '../../../src/domain/records/system.ts';
import { actorFrom } from '../auth.ts';
import { problemOf, STATUS } from '../errors.ts';
import { addressesIn } from './check-page.ts';
import { formGroups } from './form/form-model.ts';
import { type FormValues, valuesOf } from './form/form-values.ts';
import { mergeRace, type RaceChange } from './form/merge-race.ts';
import { type PlacedProblem, placeProblems } from './form/place-problems.ts';
import { fieldsOf } from './form/schema-fields.ts';
import { labelOf } from './form/system-fields.ts';
import { type PageKit, sendPage, systemPath } from './page-kit.ts';

export const FIELDS = fieldsOf(systemInput);

/** A form that is shown: of a new system, or of one that is there. */
export interface Shown {
  readonly system: System | null;
  readonly values: FormValues;
  readonly problems?: readonly PlacedProblem[];
  readonly changes?: readonly RaceChange[];
  readonly status?: number;
  /** Of the record when the form was opened; absent: as it is now. */
  readonly revision?: number;
  /** What there is to say that is nothing wrong with a field. */
  readonly notice?: string | null;
  /** Of the form as it is now; what it was opened with when it comes back. */
  readonly seen?: FormValues;
}

/** A record as its form shows it: a host name that follows from the name is not written out. */
export function editOf(system: System): FormValues {
  const hostname = system.hostname === system.name ? null : system.hostname;
  return valuesOf(FIELDS, { ...system, hostname });
}

/** Somebody else was quicker: what he changed is shown, and taken over where it was left alone here. */
export function sendRace(
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

export async function sendRefused(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  system: System | null,
  values: FormValues,
  error: unknown,
  seen?: FormValues,
): Promise<FastifyReply> {
  const { status, body, isOurs } = problemOf(error, request.id);
  if (isOurs) request.log.error({ err: error }, 'a form failed');
  const { detail } = body as { detail: string };
  const problems =
    error instanceof DomainError ? placeProblems(error, values) : [{ at: null, message: detail, link: null }];
  return sendForm(kit, request, reply, { system, values, problems, status, ...(seen && { seen }) });
}

/** Somebody has removed or renamed it meanwhile: what was typed stands in the form of a new one. */
export function sendGone(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  values: FormValues,
): Promise<FastifyReply> {
  const message = `somebody else has removed or renamed ${name} meanwhile; what you typed would add it anew`;
  const problems = [{ at: null, message, link: null }];
  return sendForm(kit, request, reply, { system: null, values, problems, status: STATUS['not-found'] });
}

export async function sendForm(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  { system, values, problems = [], changes = [], status = 200, seen, revision, notice = null }: Shown,
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
    revision: revision ?? system?.revision ?? null,
    notice,
    isTyped: request.method === 'POST',
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
