import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type { CommandContext } from '../command.ts';
import { formatTime } from '../flags/duration.ts';
import { printable, printableLine } from './printable.ts';
import { type Column, formatTsv } from './table.ts';

const COLUMNS: readonly Column<BootEvent>[] = [
  { header: 'AT', value: (event) => event.at },
  { header: 'STAGE', value: (event) => event.stage },
  { header: 'OUTCOME', value: (event) => event.outcome },
  { header: 'MESSAGE', value: (event) => event.message },
];

/** One event as a line: for people, for programs (tab-separated), or as JSON. */
export function showEvent(event: BootEvent, { out, deps }: Pick<CommandContext, 'out' | 'deps'>): void {
  if (out.json) {
    out.documentLine(event);
    return;
  }
  if (!deps.stdout.isTTY) {
    out.line(formatTsv([event], COLUMNS).replace(/\n$/, ''));
    return;
  }
  const paint = { ok: out.colors.green, warning: out.colors.yellow, error: out.colors.red }[event.outcome];
  const time = printable(formatTime(event.at));
  const stage = printable(event.stage).padEnd(13);
  // Between what was seen of the machine, where its install is.
  const message = printable(event.message);
  const words = event.stage === 'state' ? out.colors.bold(message) : message;
  out.line(`${time}  ${stage}  ${(paint ?? String)(printable(event.outcome).padEnd(7))}  ${words}`);
  for (const line of logLines(event)) out.line(`${LOG_INDENT}${out.colors.dim(printableLine(line))}`);
}

/** Below the message that they explain. */
const LOG_INDENT = `${' '.repeat(46)}| `;

/** The end of the installer's log, which a failure carries. */
function logLines({ data }: BootEvent): readonly string[] {
  const { lastLines } = data;
  return typeof lastLines === 'string' ? lastLines.split('\n') : [];
}
