import { z } from 'zod';
import { isInScope } from '../../domain/access/access.ts';
import { roleName } from '../../domain/access/role.ts';
import { recordName } from '../../domain/records/fields.ts';
import type { PowerSystem } from '../../store/interfaces/power-store.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';

const MOST_SYSTEMS = 20_000;

/** How systems are chosen: exactly one of these. */
const SELECTORS = {
  systems: {
    schema: z.array(recordName).min(1).max(MOST_SYSTEMS),
    chooses: (names: readonly string[]) => {
      const wanted = new Set(names);
      return (system: PowerSystem) => wanted.has(system.name);
    },
  },
  role: {
    schema: roleName,
    chooses: (role: string) => (system: PowerSystem) => system.roles.includes(role),
  },
  profile: {
    schema: recordName,
    chooses: (profile: string) => (system: PowerSystem) => system.profile === profile,
  },
  match: {
    schema: z
      .string()
      .min(1)
      .max(64)
      .regex(/^[a-z0-9._*?-]+$/, {
        message: 'must be a pattern of names: web* or rack3-?',
      }),
    chooses: (pattern: string) => (system: PowerSystem) => matches(pattern, system.name),
  },
  all: { schema: z.literal(true), chooses: () => () => true },
} as const;

/** The fields of a selection, for the schemas of requests. */
export const selectionFields = {
  systems: SELECTORS.systems.schema.optional(),
  role: SELECTORS.role.schema.optional(),
  profile: SELECTORS.profile.schema.optional(),
  match: SELECTORS.match.schema.optional(),
  all: SELECTORS.all.schema.optional(),
};

export interface Selection {
  readonly systems?: readonly string[] | undefined;
  readonly role?: string | undefined;
  readonly profile?: string | undefined;
  readonly match?: string | undefined;
  readonly all?: true | undefined;
}

/** For a schema's refinement: what is wrong with a selection by these fields, or undefined. */
export function selectionProblem(
  selection: Selection,
  fields: readonly string[] = Object.keys(SELECTORS),
): string | undefined {
  const given = fields.filter((key) => selection[key as keyof Selection] !== undefined);
  return given.length === 1 ? undefined : `name exactly one of ${fields.join(', ')}`;
}

export interface Selected {
  /** With power control, by name. */
  readonly chosen: readonly PowerSystem[];
  /** Named one by one, and not there or without power control. */
  readonly missing: readonly { readonly system: string; readonly why: 'not-found' | 'no-power-control' }[];
  /** Chosen by what they have in common, and without power control: names. */
  readonly skipped: readonly string[];
}

/** Every system that a request may be about: those in its actor's scope. All others are not there. */
export async function listReachable(
  { bmcs }: Pick<StoreTransaction, 'bmcs'>,
  { scope }: Pick<Actor, 'scope'>,
): Promise<readonly PowerSystem[]> {
  return (await bmcs.listSystems()).filter(({ roles }) => isInScope(scope, roles));
}

/** The systems that a selection means: in its order, where it names them, else by name. */
export function findMeant(
  all: readonly PowerSystem[],
  selection: Selection,
): { readonly meant: readonly PowerSystem[]; readonly strangers: readonly string[] } {
  const meant = all.filter(chooserOf(selection));
  if (selection.systems === undefined) return { meant, strangers: [] };
  const place = new Map(selection.systems.map((name, index) => [name, index]));
  const found = new Set(meant.map(({ name }) => name));
  return {
    meant: meant.toSorted((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0)),
    strangers: [...new Set(selection.systems)].filter((name) => !found.has(name)),
  };
}

/** The systems with power control that a selection means. */
export function selectSystems(all: readonly PowerSystem[], selection: Selection): Selected {
  const { meant, strangers } = findMeant(all, selection);
  const chosen = meant.filter(hasPowerControl);
  const without = meant.filter((system) => !hasPowerControl(system)).map(({ name }) => name);
  if (selection.systems === undefined) return { chosen, missing: [], skipped: without };
  return {
    chosen,
    missing: [
      ...strangers.map((system) => ({ system, why: 'not-found' as const })),
      ...without.map((system) => ({ system, why: 'no-power-control' as const })),
    ],
    skipped: [],
  };
}

/** Does a selection mean a system? */
export function chooserOf({ systems, role, profile, match }: Selection): (system: PowerSystem) => boolean {
  if (systems !== undefined) return SELECTORS.systems.chooses(systems);
  if (role !== undefined) return SELECTORS.role.chooses(role);
  if (profile !== undefined) return SELECTORS.profile.chooses(profile);
  return match === undefined ? SELECTORS.all.chooses() : SELECTORS.match.chooses(match);
}

/** Glob with `*` and `?`. Not a regular expression: one with many stars would take for ever. */
function matches(pattern: string, name: string): boolean {
  let [at, from, star, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[from] === '*') {
      [star, retry] = [from, at];
      from += 1;
    } else if (from < pattern.length && (pattern[from] === '?' || pattern[from] === name[at])) {
      from += 1;
      at += 1;
    } else if (star >= 0) {
      retry += 1;
      [from, at] = [star + 1, retry];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(from));
}

function hasPowerControl({ driver }: PowerSystem): boolean {
  return driver !== null;
}
