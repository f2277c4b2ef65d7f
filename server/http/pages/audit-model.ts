import type { AuditEvent, AuditFields } from '../../../src/domain/audit.ts';
import { printable } from '../../../src/domain/printable.ts';
import { timeText } from './text.ts';

export interface AuditRow {
  readonly at: string;
  readonly who: string;
  /** `user from 10.0.0.7`. */
  readonly by: string;
  readonly action: string;
  readonly what: string;
  readonly href: string | null;
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  readonly details: readonly string[];
}

/** What was done, as a page shows it. Values of requests are made harmless to the eye here, and text by the view. */
export function auditRows(events: readonly AuditEvent[]): AuditRow[] {
  return events.map(({ at, actor, kind, from, action, noun, name, before, after, detail }) => ({
    at: timeText(at),
    who: printable(actor),
    by: from === null ? kind : `${kind} from ${printable(from)}`,
    action,
    what: printable(`${noun} ${name}`),
    href: noun === 'system' || noun === 'subnet' ? `/${noun}s/${encodeURIComponent(name)}` : null,
    changes: changesOf(before ?? {}, after ?? {}),
    details: Object.entries(detail).map(([field, value]) => `${field}: ${valueText(value)}`),
  }));
}

function changesOf(before: AuditFields, after: AuditFields): AuditRow['changes'] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.map((field) => ({
    field: printable(field),
    before: valueText(before[field]),
    after: valueText(after[field]),
  }));
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
