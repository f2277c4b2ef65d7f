import type { AccessClient, AuditQuery } from '../../client/access-client.ts';
import type { AuditEvent, AuditFields } from '../../domain/access/audit.ts';
import { auditChanges } from '../../domain/access/audit-changes.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { formatTime, parseDurationMinutes } from '../flags/duration.ts';
import { named } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';

const COLUMNS: readonly Column<AuditEvent>[] = [
  { header: 'TIME', value: ({ at }) => at, pretty: ({ at }) => formatTime(at) },
  { header: 'WHO', value: ({ actor }) => actor },
  { header: 'FROM', value: ({ from }) => from },
  { header: 'DID', value: ({ action }) => action },
  { header: 'TO', value: ({ noun, name }) => `${noun} ${name}` },
  { header: 'WHAT', value: whatOf },
];

/** Rows of one page, and how often new ones are asked for. */
const PAGE = 500;
const POLL_MS = 2_000;

interface Options {
  readonly query: Omit<AuditQuery, 'since'>;
  readonly system: string | undefined;
  readonly sinceText: string | undefined;
  readonly follow: boolean;
}

export const audit = defineCommand<Options>({
  noun: 'audit',
  verb: null,
  summary: 'show who did what, from where and when, newest last',
  operand: null,
  flags: [
    { flag: '--system <name>', help: 'only what was done with this system, also if it was removed' },
    { flag: '--actor <name>', help: 'only what this user or token did' },
    { flag: '--noun <noun>', help: 'only what was done with profiles, users, … (profile, user)' },
    { flag: '--action <action>', help: 'only this: add, update, remove, arm, power, login-failed, …' },
    { flag: '--since <time>', help: 'not older than 90m, 24h, 7d, or a time like 2026-11-22T08:00:00Z' },
    { flag: '--limit <n>', help: 'at most so many, the newest; 100 unless given', fields: ['limit'] },
    { flag: '--follow', help: 'go on with what is done from now on' },
  ],
  examples: [
    'provision audit --system web001',
    'provision audit --actor ada --since 7d',
    'provision audit --action login-failed --follow',
  ],
  parse: ({ flags }) => {
    const system = flags.text('system');
    const noun = flags.text('noun');
    if (system !== undefined && noun !== undefined)
      throw new UsageError('--system and --noun exclude each other');
    const limit = flags.integer('limit');
    const query = named({ actor: flags.text('actor'), noun, action: flags.text('action'), limit });
    return { query, system, sinceText: flags.text('since'), follow: flags.isOn('follow') };
  },
  run: async ({ query, system, sinceText, follow }, { connect, deps, out }) => {
    const { access } = await connect();
    const since = sinceText === undefined ? {} : { since: sinceOf(sinceText, deps.now()) };
    const found = await access.audit({ ...query, ...since }, system);
    const rows = found.items.toReversed();
    out.list({ ...found, items: rows }, rows, COLUMNS, 'nothing of that kind was done');
    if (!follow) return undefined;
    const { limit: _limit, ...filter } = query;
    return followRows(access, { filter, system, after: await newestId(access, rows, system) }, { deps, out });
  },
});

async function newestId(access: AccessClient, rows: readonly AuditEvent[], system: string | undefined) {
  const last = rows.at(-1)?.id;
  if (last !== undefined) return last;
  return (await access.audit({ limit: 1 }, system)).items[0]?.id ?? 0;
}

interface Followed {
  readonly filter: AuditQuery;
  readonly system: string | undefined;
  readonly after: number;
}

/** Has no end: whoever follows interrupts it. */
async function followRows(
  access: AccessClient,
  { filter, system, after }: Followed,
  { deps, out }: Pick<CommandContext, 'deps' | 'out'>,
): Promise<never> {
  let last = after;
  for (;;) {
    await deps.sleep(POLL_MS);
    const { items } = await access.audit({ ...filter, after: last, limit: PAGE }, system);
    last = items.at(-1)?.id ?? last;
    for (const row of items) out.row(row, COLUMNS);
  }
}

function sinceOf(text: string, now: Date): string {
  const minutes = parseDurationMinutes(text);
  if (minutes !== undefined) return new Date(now.getTime() - minutes * 60_000).toISOString();
  if (!Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new UsageError(`'${text}' is no time`, 'write it like 24h, 7d or 2026-11-22T08:00:00Z');
}

/** `interfaces.eth0.ip: 10.0.0.1 -> 10.0.0.2`; of what was added or removed the values. */
function whatOf({ before, after, detail }: AuditEvent): string {
  const told = Object.entries(detail).map(([key, value]) => `${key}: ${textOf(value)}`);
  return [...changesOf(before, after), ...told].join(', ');
}

function changesOf(before: AuditFields | null, after: AuditFields | null): string[] {
  // Of what was removed its name is enough; the row itself has all of it.
  if (after === null) return [];
  return auditChanges(before, after).map(({ path, from, to }) =>
    before === null ? `${path}: ${textOf(to)}` : `${path}: ${textOf(from)} -> ${textOf(to)}`,
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value) && !value.some((item) => typeof item === 'object')) return value.join('+');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
