import type { ApplyOptions } from '../../client/apply-client.ts';
import type { Client } from '../../client/client.ts';
import { ApiError } from '../../client/errors.ts';
import type { ApplyAnswer, ApplyResult } from '../../domain/records/apply.ts';
import type { Change } from '../../domain/records/record-changes.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import type { RecordsSource } from './records-source.ts';

/** Rows of what came of each record; those that are as they should be are only counted. */
export const RESULT_COLUMNS: readonly Column<ApplyResult>[] = [
  { header: 'ACTION', value: ({ action }) => action },
  { header: 'KIND', value: ({ kind }) => kind },
  { header: 'NAME', value: ({ name }) => name },
  {
    header: 'CHANGES',
    value: ({ action, changes }) => (action === 'updated' ? changes.map(formatChange).join('; ') : null),
  },
];

/** `interfaces.0.ip: 10.99.0.11 -> 10.99.0.12`. */
export function formatChange({ path, from, to }: Change): string {
  return `${path}: ${formatValue(from)} -> ${formatValue(to)}`;
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value ?? null);
}

/**
 * Applies records. Where the server refuses some, each is said with its file and line, and the error that it answered is thrown on.
 */
export async function applyRecords(
  { document, whereIs }: RecordsSource,
  options: ApplyOptions,
  client: Client,
  out: Output,
): Promise<ApplyAnswer> {
  try {
    const answer = await client.records.apply(document, options);
    sayRefused(answer.results, whereIs, out);
    return answer;
  } catch (error) {
    if (error instanceof ApiError) sayRefused(resultsOf(error), whereIs, out);
    throw error;
  }
}

function resultsOf({ problem }: ApiError): readonly ApplyResult[] {
  const { results } = problem;
  return Array.isArray(results) ? (results as ApplyResult[]) : [];
}

/** What many records are refused for in the same words (that their profile is not there) is said so often. */
const SAID_ALIKE = 5;

function sayRefused(results: readonly ApplyResult[], whereIs: RecordsSource['whereIs'], out: Output): void {
  const alike = new Map<string, number>();
  for (const { kind, name, problem } of results) {
    if (problem === undefined) continue;
    const told = problem.problems?.length ? problem.problems : [{ path: '', message: problem.detail }];
    for (const { path, message } of told) {
      const field = path === '' ? '' : `${path}: `;
      const words = `${kind}s: ${field}${message}`;
      const count = (alike.get(words) ?? 0) + 1;
      alike.set(words, count);
      if (count > SAID_ALIKE) continue;
      const where = whereIs(kind, name, path) ?? whereIs(kind, name, '');
      out.complain(`${where === undefined ? '' : `${where}: `}${kind} ${name}: ${field}${message}`);
    }
    if (problem.conflict?.command) out.complain(`  show it with: ${problem.conflict.command}`);
  }
  for (const [words, count] of alike)
    if (count > SAID_ALIKE) out.complain(`and ${count - SAID_ALIKE} more ${words}`);
}

/** `2 added, 1 updated, 5 unchanged`. */
export function formatCounts(results: readonly ApplyResult[]): string {
  const actions = ['added', 'updated', 'removed', 'refused', 'unchanged'] as const;
  const counts = actions.map(
    (action) => [results.filter((one) => one.action === action).length, action] as const,
  );
  const told = counts.filter(([count]) => count > 0).map(([count, action]) => `${count} ${action}`);
  return told.length === 0 ? 'no records' : told.join(', ');
}

/** 0 where nothing was refused, 8 where some were, 5 where all were. */
export function exitOfResults(results: readonly ApplyResult[]): ExitCode {
  const refused = results.filter(({ action }) => action === 'refused').length;
  if (refused === 0) return EXIT.ok;
  return refused < results.length ? EXIT.partial : EXIT.refused;
}
