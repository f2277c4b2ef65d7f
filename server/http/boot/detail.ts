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
  return printable(fromJson(body) ?? fromForm(body) ?? body, limit);
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

function fromForm(body: string): string | undefined {
  const form = new URLSearchParams(body);
  return form.get('detail') ?? form.get('reason') ?? undefined;
}

function printable(text: string, limit: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit)} …` : line;
}
