import { INSTALL_STATES, type InstallState } from '../../../src/domain/install/install.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { type Badge, installBadge, powerBadge } from './badges.ts';
import { type InterfaceRow, interfaceRows } from './interface-rows.ts';
import { systemPath } from './page-kit.ts';
import { isNarrowed, type ListQuery, ORDERS, PAGE_SIZE, pageHref } from './systems-query.ts';

/** States of the filter, as the API calls them: those of installs, and what has none. */
const LIST_STATES: readonly (InstallState | 'none')[] = ['none', ...INSTALL_STATES];

/** Interfaces shown of one system in the list; how many more there are is said. */
const INTERFACES_SHOWN = 3;

/** One page of the list, as it was read. */
export interface ListPart {
  readonly systems: readonly System[];
  /** Systems that fit, on all pages; and all that there are. */
  readonly found: number;
  readonly all: number;
  /** Where the pages before and behind it are; null where there is none. */
  readonly before: string | null;
  readonly next: string | null;
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
  readonly interfaces: readonly InterfaceRow[];
  readonly moreInterfaces: number;
}

export interface ListModel extends Omit<ListPart, 'systems'> {
  readonly query: ListQuery;
  readonly rows: readonly SystemRow[];
  /** Numbers of the first and the last system shown. */
  readonly first: number;
  readonly last: number;
  readonly isNarrowed: boolean;
  /** Of the first page of the same list. */
  readonly start: string;
  readonly states: readonly string[];
  readonly orders: typeof ORDERS;
}

/** One page of the list of systems. Pure. */
export function listModel(part: ListPart, query: ListQuery, nowMs: number): ListModel {
  const { systems, found, all, before, next } = part;
  const first = firstNumber(part, query.at);
  const last = first + systems.length - 1;
  return {
    query,
    rows: systems.map((system) => rowOf(system, nowMs)),
    found,
    all,
    first,
    last: systems.length === 0 ? 0 : last,
    before: before === null ? null : pageHref(query, { before }, Math.max(1, first - PAGE_SIZE)),
    next: next === null ? null : pageHref(query, { cursor: next }, last + 1),
    isNarrowed: isNarrowed(query),
    start: pageHref(query, null, 1),
    states: LIST_STATES,
    orders: ORDERS,
  };
}

/** Exact on the first and the last page; between them as the link said, as far as that can be. */
function firstNumber({ systems: { length }, found, before, next }: ListPart, at: number): number {
  if (length === 0) return 0;
  if (before === null) return 1;
  const latest = Math.max(1, found - length + 1);
  return next === null ? latest : Math.min(at, latest);
}

function rowOf(system: System, nowMs: number): SystemRow {
  const { name, comment, profile, roles, install, power, bmc, lock } = system;
  const interfaces = interfaceRows(system.interfaces);
  return {
    name,
    href: systemPath(name),
    comment,
    profile,
    roles,
    install: installBadge(install, nowMs),
    power: power === null && bmc?.driver == null ? null : powerBadge(power, nowMs),
    isLocked: lock !== null,
    interfaces: interfaces.slice(0, INTERFACES_SHOWN),
    moreInterfaces: Math.max(0, interfaces.length - INTERFACES_SHOWN),
  };
}
