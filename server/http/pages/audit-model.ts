import type { AuditEvent, AuditFields } from '../../../src/domain/access/audit.ts';
import { auditChanges } from '../../../src/domain/access/audit-changes.ts';
import { printable } from '../../../src/domain/printable.ts';
import { systemPath } from './page-kit.ts';
import { subnetPath } from './subnets-model.ts';
import { timeText } from './text.ts';

export interface AuditRow {
  readonly at: string;
  readonly who: string;
  /** `user from 10.0.0.7`. */
  readonly by: string;
  readonly action: string;
  readonly what: string;
  readonly href: string | null;
  /** Fields of what was there before and after. */
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  /** What there is to say beside changes: of a record that came or went, its fields. */
  readonly details: readonly string[];
  /** More than one reads in passing: it is folded. */
  readonly isLong: boolean;
}

/** Whom a kind of actor stands for. */
const KINDS: Readonly<Record<string, string>> = {
  local: 'by the unix socket',
  service: 'of its own accord',
  setup: 'with the setup token',
};

/** Some lines of the table. */
const LONG_CHARS = 300;

/** What was done, as a page shows it. Values of requests are made harmless to the eye here, and text by the view. */
export function auditRows(events: readonly AuditEvent[]): AuditRow[] {
  return events.map((event) => {
    const { at, actor, kind, from, action, noun, name, before, after, detail } = event;
    const isChange = before !== null && after !== null;
    const changes = isChange ? changesOf(before, after) : [];
    const details = [
      ...(isChange ? [] : fieldTexts(without(before ?? after ?? {}, 'name'))),
      ...fieldTexts(detail),
    ];
    return {
      at: timeText(at),
      who: printable(actor),
      by: `${KINDS[kind] ?? kind}${from === null ? '' : ` from ${printable(from)}`}`,
      action,
      what: printable(`${noun} ${name}`),
      href: hrefOf(noun, name),
      changes,
      details,
      isLong: details.length > 3 || details.join().length > LONG_CHARS,
    };
  });
}

function hrefOf(noun: string, name: string): string | null {
  if (noun === 'system') return systemPath(name);
  return noun === 'subnet' ? subnetPath(name) : null;
}

function changesOf(before: AuditFields, after: AuditFields): AuditRow['changes'] {
  return auditChanges(before, after).map(({ path, from, to }) => ({
    field: printable(path),
    before: valueText(from),
    after: valueText(to),
  }));
}

/** Fields that say something. */
function fieldTexts(fields: AuditFields): string[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    isEmpty(value) ? [] : [`${printable(field)}: ${valueText(value)}`],
  );
}

function without(fields: AuditFields, key: string): AuditFields {
  return Object.fromEntries(Object.entries(fields).filter(([one]) => one !== key));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isEmpty);
  return value === null || value === undefined || value === '' || value === false;
}

/** `web, db`; of an object its fields that say something: `name eth0, ip 10.0.0.7`. */
function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item !== 'object');
    return value.length === 0 ? '–' : value.map(valueText).join(isPlain ? ', ' : '; ');
  }
  if (typeof value !== 'object') return printable(String(value));
  const said = Object.entries(value).filter(([, inner]) => !isEmpty(inner));
  return said.length === 0
    ? '–'
    : said.map(([key, inner]) => `${printable(key)} ${valueText(inner)}`).join(', ');
}
