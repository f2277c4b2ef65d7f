import type { FormValues } from './form-values.ts';

/** One field that somebody else has changed since the form was opened. */
export interface RaceChange {
  readonly path: string;
  readonly before: string;
  readonly now: string;
  readonly yours: string;
  /** Both have changed it, to something different: what was typed here stands in the form. */
  readonly isBoth: boolean;
}

export interface MergedRace {
  /** What the form shows next: what was typed, and of fields that were left alone what they are now. */
  readonly values: FormValues;
  readonly changes: readonly RaceChange[];
}

/** Three-way: `seen` is what the form was opened with, `now` the record of this moment, `typed` what came with the form. */
export function mergeRace(seen: FormValues, now: FormValues, typed: FormValues): MergedRace {
  const values: Record<string, string> = { ...typed };
  const changes: RaceChange[] = [];
  const paths = new Set([...Object.keys(seen), ...Object.keys(now)]);
  for (const path of paths) {
    const [before, after, yours] = [seen, now, typed].map((from) => lines(from[path] ?? '')) as [
      string,
      string,
      string,
    ];
    if (before === after) continue;
    const isMine = yours !== before;
    if (!isMine) values[path] = after;
    changes.push({ path, before, now: after, yours, isBoth: isMine && yours !== after });
  }
  return { values, changes };
}

/** Browsers send lines with CR LF, and what was empty may have gained an end of line. */
function lines(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

/** What the form was opened with, as it came back; what nobody can read is none. */
export function parseSeen(text: string | undefined): FormValues {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}
