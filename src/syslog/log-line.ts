import type { SyslogMessage } from './message.ts';
import { formatPriority } from './priority.ts';

/** A message as one line of a log: the time at which it came, priority, program, text. */
export function formatLogLine(message: SyslogMessage, receivedAtMs: number): string {
  const { program, process, text } = message;
  const speaker = program === null ? '' : ` ${program}${process === null ? '' : `[${process}]`}:`;
  return `${new Date(receivedAtMs).toISOString()} ${formatPriority(message)}${speaker} ${text}`.trimEnd();
}
