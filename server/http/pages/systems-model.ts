import { INSTALL_STATES, type InstallState } from '../../../src/domain/install.ts';
import type { System } from '../../../src/domain/system.ts';
import { type Badge, installBadge, powerBadge } from './badges.ts';

/** What narrows the list, as it stands in the address. */
export interface ListQuery {
  readonly search: string;
  readonly state: string;
  readonly role: string;
  readonly profile: string;
  readonly page: number;
}

/** States of the filter: those of installs, and what has none. */
export const NEVER = 'never';
export const LIST_STATES: readonly (InstallState | typeof NEVER)[] = [NEVER, ...INSTALL_STATES];

export const PAGE_SIZE = 50;

/** Reads the query of the list. What makes no sense narrows nothing. */
export function parseListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const text = (key: string) =>
    typeof query[key] === 'string' ? (query[key] as string).slice(0, 100).trim() : '';
  const page = Number(text('page'));
  const state = text('state');
  return {
    search: text('search'),
    state: (LIST_STATES as readonly string[]).includes(state) ? state : '',
    role: text('role'),
    profile: text('profile'),
    page: Number.isInteger(page) && page > 0 && page < 1_000_000 ? page : 1,
  };
}

export interface SystemRow {
  readonly name: string;
  readonly href: string;
  readonly comment: string;
  readonly profile: string;
  readonly roles: readonly string[];
  readonly install: Badge;
  readonly power: Badge | null;
  readonly isLocked: boolean;
  readonly addresses: readonly { readonly ip: string; readonly known: string }[];
}

export interface ListModel {
  readonly query: ListQuery;
  readonly rows: readonly SystemRow[];
  /** Systems that fit, and all. */
  readonly found: number;
  readonly all: number;
  readonly first: number;
  readonly last: number;
  readonly previous: string | null;
  readonly next: string | null;
  readonly isNarrowed: boolean;
  readonly roles: readonly string[];
  readonly profiles: readonly string[];
  readonly states: readonly string[];
}

/** The list of systems as a page shows it. Pure. */
export function listModel(systems: readonly System[], query: ListQuery, nowMs: number): ListModel {
  const fitting = systems.filter((system) => fits(system, query));
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE_SIZE));
  const page = Math.min(query.page, pages);
  const from = (page - 1) * PAGE_SIZE;
  const shown = fitting.slice(from, from + PAGE_SIZE);
  const at = (number: number) => `/systems?${queryText({ ...query, page: number })}`;
  return {
    query,
    rows: shown.map((system) => rowOf(system, nowMs)),
    found: fitting.length,
    all: systems.length,
    first: shown.length === 0 ? 0 : from + 1,
    last: from + shown.length,
    previous: page > 1 ? at(page - 1) : null,
    next: page < pages ? at(page + 1) : null,
    isNarrowed: [query.search, query.state, query.role, query.profile].some((text) => text !== ''),
    roles: sortedOnce(systems.flatMap(({ roles }) => roles)),
    profiles: sortedOnce(systems.map(({ profile }) => profile)),
    states: LIST_STATES,
  };
}

function fits(system: System, { search, state, role, profile }: ListQuery): boolean {
  if (role !== '' && !system.roles.includes(role)) return false;
  if (profile !== '' && system.profile !== profile) return false;
  if (state !== '' && (system.install?.state ?? NEVER) !== state) return false;
  return search === '' || textsOf(system).some((text) => text.includes(search.toLowerCase()));
}

/** What one would look for a machine by. */
function textsOf({ name, hostname, comment, interfaces, bmc }: System): string[] {
  const cards = interfaces.flatMap(({ ip, mac, seenMac }) => [ip, mac, seenMac]);
  return [name, hostname, comment.toLowerCase(), bmc?.address, ...cards].filter(
    (text): text is string => typeof text === 'string',
  );
}

function rowOf(system: System, nowMs: number): SystemRow {
  const { name, comment, profile, roles, install, power, bmc, lock, interfaces } = system;
  return {
    name,
    href: `/systems/${encodeURIComponent(name)}`,
    comment,
    profile,
    roles,
    install: installBadge(install, nowMs),
    power: power === null && bmc?.driver == null ? null : powerBadge(power, nowMs),
    isLocked: lock !== null,
    addresses: interfaces.map(({ ip, mac, seenMac, clientId, circuitId }) => ({
      ip: ip ?? 'dynamic',
      known: mac ?? seenMac ?? clientId ?? circuitId ?? '',
    })),
  };
}

function queryText(query: ListQuery): string {
  const entries = Object.entries(query).filter(
    ([key, value]) => value !== '' && !(key === 'page' && value === 1),
  );
  return new URLSearchParams(
    entries.map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
}

function sortedOnce(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
