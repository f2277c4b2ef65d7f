import type { BmcLogEntry } from '../domain/power/bmc-driver.ts';
import { BmcError } from '../domain/power/bmc-error.ts';
import { bmcText } from './bmc-text.ts';
import { isExpanded, readMembers, referencesOf } from './collection.ts';
import type { Exchange, Fetched } from './exchange.ts';
import { idOf } from './find-system.ts';
import { linkAt, type Resource, textAt } from './resource.ts';

/**
 * Ids of the log that holds what the system event log holds, best first: OpenIPMI-like, HPE, OpenBMC, Supermicro, Lenovo.
 * Beside it lie audit logs, life cycle logs of thousands of entries, and dumps.
 */
const LOGS = ['sel', 'iml', 'eventlog', 'event', 'log1', 'standardlog', 'activelog'];

/** Most entries read: the oldest come first in many firmwares, and the newest are wanted. */
const MOST_ENTRIES = 2000;
/** Before it, the BMC's clock had not been set. */
const FIRST_YEAR = 2001;

/** The newest `limit` entries of the system's event log, newest first. `owners`: the system and its manager. */
export async function readLog(
  exchange: Exchange,
  owners: readonly Fetched[],
  limit: number,
  signal: AbortSignal,
): Promise<BmcLogEntry[]> {
  const service = await findLog(exchange, owners, signal);
  const entries = linkAt(service.resource, 'Entries');
  if (entries === null) return [];
  const members = await readMembers(exchange, entries, MOST_ENTRIES, signal);
  const whole = members.every(isExpanded) ? members : await readSome(exchange, members, limit, signal);
  return newestFirst(whole).slice(0, limit).map(entryOf);
}

async function findLog(
  exchange: Exchange,
  owners: readonly Fetched[],
  signal: AbortSignal,
): Promise<Fetched> {
  const references: string[] = [];
  for (const owner of owners) {
    const services = linkAt(owner.resource, 'LogServices');
    if (services === null || (await exchange.find(services, signal)) === null) continue;
    references.push(...referencesOf(await readMembers(exchange, services, 50, signal)));
  }
  const rank = (reference: string) =>
    (LOGS.indexOf(idOf(reference).toLowerCase()) + LOGS.length + 1) % (LOGS.length + 1);
  const [best] = references.sort((a, b) => rank(a) - rank(b));
  if (best === undefined) throw new BmcError('unsupported', 'has no event log');
  return exchange.get(best, signal);
}

/** Entries that are listed by reference only: one request each, so only from the end where the newest are. */
async function readSome(
  exchange: Exchange,
  members: readonly Resource[],
  limit: number,
  signal: AbortSignal,
): Promise<Resource[]> {
  const references = referencesOf(members);
  const read = async (reference: string | undefined) =>
    reference === undefined ? null : ((await exchange.find(reference, signal))?.resource ?? null);
  const first = await read(references[0]);
  const last = await read(references.at(-1));
  const newestAtEnd = timeOf(last) >= timeOf(first);
  const wanted = newestAtEnd ? references.slice(-limit) : references.slice(0, limit);
  const entries: Resource[] = [];
  for (const reference of wanted) {
    const entry = await read(reference);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** By time where all have one; else as the log is in order, whichever way round. */
function newestFirst(entries: readonly Resource[]): Resource[] {
  const ascending = timeOf(entries.at(-1) ?? null) >= timeOf(entries[0] ?? null);
  const ordered = ascending ? [...entries].reverse() : [...entries];
  const allTimed = ordered.every((entry) => timeOf(entry) > 0);
  return allTimed ? ordered.sort((a, b) => timeOf(b) - timeOf(a)) : ordered;
}

/** Milliseconds; 0 where there is no time. */
function timeOf(entry: Resource | null): number {
  const at = entry === null ? null : createdAt(entry);
  return at === null ? 0 : Date.parse(at);
}

function createdAt(entry: Resource): string | null {
  const text = textAt(entry, 'Created') ?? textAt(entry, 'EventTimestamp');
  const time = text === null ? Number.NaN : Date.parse(text);
  if (Number.isNaN(time)) return null;
  const date = new Date(time);
  return date.getUTCFullYear() >= FIRST_YEAR ? date.toISOString() : null;
}

function entryOf(entry: Resource): BmcLogEntry {
  const message = textAt(entry, 'Message') ?? textAt(entry, 'Name') ?? '';
  const severity = textAt(entry, 'Severity');
  const isNews = severity !== null && severity !== 'OK';
  return {
    id: bmcText(textAt(entry, 'Id') ?? idOf(textAt(entry, '@odata.id') ?? '')),
    at: createdAt(entry),
    message: bmcText(isNews ? `${severity}: ${message}` : message),
  };
}
