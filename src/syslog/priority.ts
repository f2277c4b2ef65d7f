/** What RFC 5424 §6.2.1 has a number for: who speaks, and how bad it is. */
export interface Priority {
  /** 0–23. */
  readonly facility: number;
  /** 0–7; 0 is the worst. */
  readonly severity: number;
}

/** RFC 3164 §4.3.3: what has no priority is `user.notice`. */
export const NO_PRIORITY: Priority = { facility: 1, severity: 5 };

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

/** `<34>` at the beginning; 24 facilities of 8 severities, RFC 5424 §6.2.1. */
const PRI = /^<(\d{1,3})>/;

/** Reads the priority off the beginning of a message; undefined where there is none, or one that is too large. */
export function readPriority(text: string): { priority: Priority; rest: string } | undefined {
  const match = PRI.exec(text);
  const value = Number(match?.[1]);
  if (match === null || value >= FACILITIES.length * SEVERITIES.length) return undefined;
  return { priority: { facility: value >> 3, severity: value & 7 }, rest: text.slice(match[0].length) };
}

/** `daemon.info`, the words of syslog.conf(5). */
export function formatPriority({ facility, severity }: Priority): string {
  return `${FACILITIES[facility]}.${SEVERITIES[severity]}`;
}
