import { spawnSync } from 'node:child_process';
import { haveProgram } from './real-clients.ts';

/** One call of a program that strace saw end. */
export interface TracedCall {
  readonly name: string;
  /** Arguments and result, as strace prints them: files by their paths, the beginnings of texts. */
  readonly text: string;
}

/** What is looked at: what is written to files, flushed, named, and said to others. */
const CALLS = 'pwrite64,fdatasync,fsync,rename,renameat,renameat2,write,writev,sendto,sendmsg,sendmmsg';

/** Why no program can be traced here, undefined if one can: the reason a test skips with. */
export function reasonAgainstTraces(): string | undefined {
  if (!haveProgram('strace')) return 'the program strace is not installed';
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  return probe.status === 0 ? undefined : `programs cannot be traced here: ${String(probe.stderr)}`;
}

/** Begins the command of a program that is traced into a file; the program keeps its pid (-D), and its threads are seen. */
export function traceCommand(file: string): readonly string[] {
  return [
    'strace',
    '-D',
    '-f',
    '-qq',
    '-yy',
    '-s',
    '120',
    '-e',
    `trace=${CALLS}`,
    '-e',
    'signal=none',
    '-o',
    file,
  ];
}

/** The calls of a trace in the order of their ends: a flush counts when it has ended. */
export function readTrace(text: string): TracedCall[] {
  const begun = new Map<string, string>();
  const calls: TracedCall[] = [];
  for (const line of text.split('\n')) {
    const [, thread = '', said = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(said);
    if (unfinished !== null) {
      begun.set(thread, unfinished[1] ?? '');
      continue;
    }
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(said);
    const whole = resumed === null ? said : `${begun.get(thread) ?? `${resumed[1]}(`}${resumed[2]}`;
    const name = /^(\w+)\(/.exec(whole)?.[1];
    if (name !== undefined) calls.push({ name, text: whole });
  }
  return calls;
}

/** Is there, among calls, one that writes to the log of the database, and after it a flush of that which succeeded? */
export function isFlushed(calls: readonly TracedCall[]): boolean {
  const ofLog = calls.filter(({ text }) => text.includes('provision.db-wal>'));
  const written = ofLog.findIndex(({ name }) => name === 'pwrite64');
  const flushed = ofLog.findLastIndex(({ name, text }) => /^fd?a?t?a?sync$/.test(name) && / = 0$/.test(text));
  return written >= 0 && flushed > written;
}
