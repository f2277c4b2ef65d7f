import { plainText } from './plain-text.ts';
import { NO_PRIORITY, type Priority, readPriority } from './priority.ts';
import { readStructured } from './structured.ts';

/** One message as its sender meant it; all text is safe to show (plain-text.ts). */
export interface SyslogMessage extends Priority {
  /** As it was sent; the sender's clock may be wrong by years. Null where there is none. */
  readonly timestamp: string | null;
  /** What the sender calls itself, which proves nothing. */
  readonly hostname: string | null;
  /** The program: TAG of RFC 3164, APP-NAME of RFC 5424. */
  readonly program: string | null;
  readonly process: string | null;
  readonly text: string;
}

/**
 * Reads a message of RFC 5424 or RFC 3164, or whatever else came: RFC 3164 §4.3 wants everything kept. Never throws, and leaves
 * out nothing but MSGID; what cannot be told apart stays in `text`.
 */
export function decodeMessage(bytes: Buffer): SyslogMessage {
  const text = plainText(bytes);
  const read = readPriority(text);
  const priority = read?.priority ?? NO_PRIORITY;
  const rest = read?.rest ?? text;
  const fields = (read === undefined ? undefined : readModern(rest)) ?? readTraditional(rest);
  return { ...priority, ...fields };
}

type Fields = Omit<SyslogMessage, keyof Priority>;

/** RFC 5424 §6: VERSION, TIMESTAMP, HOSTNAME, APP-NAME, PROCID and MSGID, each `-` where it is nil. */
const MODERN = /^1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) \S{1,32} /;

/** RFC 5424 §6.4 puts it before UTF-8. */
const BOM = /^\ufeff/;

function readModern(text: string): Fields | undefined {
  const match = MODERN.exec(text);
  if (match === null) return undefined;
  const [head, timestamp = '', hostname = '', program = '', process = ''] = match;
  const structured = readStructured(text.slice(head.length));
  if (structured === undefined) return undefined;
  const said = structured.rest.replace(BOM, '');
  return {
    timestamp: nilAsNull(timestamp),
    hostname: nilAsNull(hostname),
    program: nilAsNull(program),
    process: nilAsNull(process),
    text: structured.data === '' ? said : `${structured.data} ${said}`.trimEnd(),
  };
}

function nilAsNull(field: string): string | null {
  return field === '-' ? null : field;
}

/** `Nov  2 03:04:05` of RFC 3164 §4.1.2, or RFC 3339 as rsyslog sends it. */
const TIMESTAMP =
  /^((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]{5,18}(?:Z|[+-]\d\d:\d\d)) /;

/** TAG of RFC 3164 §4.1.3, which programs make longer and of other letters than it says: `main-menu[315]: `. */
const TAG = /^([^\s:[\]]{1,64})(?:\[([^\s[\]]{1,64})\])?:(?: |$)/;
const HOSTNAME = /^([A-Za-z0-9][A-Za-z0-9._:-]{0,254}) /;

/**
 * The name of the sender is missing where syslogd of busybox forwards what programs said to it, so a word after the time is
 * that name only if a tag follows it. Some relays send no time either (RFC 3164 §4.3.2): then nothing names the sender.
 */
function readTraditional(text: string): Fields {
  const time = TIMESTAMP.exec(text);
  const timestamp = time?.[1] ?? null;
  const rest = text.slice(time?.[0].length ?? 0);
  const named = timestamp === null || TAG.test(rest) ? null : HOSTNAME.exec(rest);
  const afterName = rest.slice(named?.[0].length ?? 0);
  const tag = TAG.exec(afterName);
  if (tag === null) return { timestamp, hostname: null, program: null, process: null, text: rest };
  return {
    timestamp,
    hostname: named?.[1] ?? null,
    program: tag[1] ?? null,
    process: tag[2] ?? null,
    text: afterName.slice(tag[0].length),
  };
}
