import type { Report } from '../../../src/services/boot/machine-reports.ts';

/** Longest detail kept of a report, in characters; the rest of a machine's text is of no use on a timeline. */
const DETAIL_LIMIT = 1000;
/** The same for the SSH host keys of a first boot: three keys, one of them RSA, and a key that is cut is no key. */
export const HOST_KEYS_LIMIT = 8000;

/**
 * The text of a report out of a body that is JSON (`{"detail": …}`), a form (`detail=…` or `reason=…`) or plain text. It comes from
 * a machine, so it is only ever text: control characters go, length is bounded.
 */
export function readDetail(body: unknown, limit = DETAIL_LIMIT): string {
  if (typeof body !== 'string' || body === '') return '';
  return printable(textOf(body), limit);
}

function textOf(body: string): string {
  return fromJson(body) ?? fromForm(body) ?? body;
}

/** The end of a log that comes with a failure: so many lines, each so long. */
const LAST_LINES = 20;
const LINE_LIMIT = 500;

/**
 * The report of a stage. That of a failure is a line that says why, and behind it the end of a log; elsewhere line ends mean
 * nothing.
 */
export function readReport(body: string, stage: string): Report {
  if (stage !== 'failed')
    return { detail: readDetail(body, stage === 'first-boot' ? HOST_KEYS_LIMIT : undefined), lastLines: [] };
  const lines = textOf(body)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const [first = '', ...rest] = lines;
  const lastLines = rest.slice(-LAST_LINES).map((line) => printable(line, LINE_LIMIT));
  return { detail: printable(first, DETAIL_LIMIT), lastLines };
}

function fromJson(body: string): string | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const detail = (JSON.parse(body) as { detail?: unknown }).detail;
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** A form has no white space; a log that has come as it is may have a `reason=` somewhere. */
function fromForm(body: string): string | undefined {
  if (/\s/.test(body.trim())) return undefined;
  const form = new URLSearchParams(body);
  return form.get('detail') ?? form.get('reason') ?? undefined;
}

function printable(text: string, limit: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit)} …` : line;
}
