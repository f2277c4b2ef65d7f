import type { Goal, Result } from './harness.ts';

const HEADINGS = ['bench', 'case', 'ours', 'peers', 'ratio', 'goal', ''];

/** The results as a table for people; figures to three digits. */
export function formatTable(results: readonly Result[]): string {
  const rows = [HEADINGS, ...results.map(toRow)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function toRow(result: Result): string[] {
  const { unit, ours, peers, ratio, goal, met } = result;
  return [
    result.bench,
    result.case,
    ours === null ? 'broken' : `${formatFigure(ours)} ${unit}`,
    peers
      .map(({ name, figure }) => `${name} ${figure === null ? 'broken' : formatFigure(figure)}`)
      .join(', ') || '-',
    ratio === null ? '-' : `${formatFigure(ratio)} x ${result.best}`,
    goal === null ? '-' : formatGoal(goal, unit),
    met === null ? '' : met ? 'met' : 'MISSED',
  ];
}

function formatGoal(goal: Goal, unit: string): string {
  return 'ratio' in goal
    ? `${goal.ratio} ${formatFigure(goal.value)} x`
    : `${goal.ours} ${formatFigure(goal.value)} ${unit}`;
}

/** 1234567 as `1,230,000`, 12.3456 as `12.3`. */
export function formatFigure(figure: number): string {
  return figure.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
