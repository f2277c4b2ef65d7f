import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (USER_HZ), the same on every Linux that Node runs on. */
const TICKS = 100;
const PAGE_MIB = 4096 / (1 << 20);

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Own time and that of children that have ended, in ticks. */
  readonly ticks: number;
  readonly residentPages: number;
}

/** CPU seconds of a process and everything below it, the ended included. Throws where it is gone. */
export function cpuSecondsOf(pid: number): number {
  return treeOf(pid).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS;
}

/** Memory of a process and everything below it; pages that they share count for each. */
export function residentMiBOf(pid: number): number {
  return treeOf(pid).reduce((sum, { residentPages }) => sum + residentPages, 0) * PAGE_MIB;
}

function treeOf(pid: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
  const root = all.find((found) => found.pid === pid);
  if (root === undefined) throw new Error(`no process ${pid}`);
  const tree = [root];
  for (const { pid: parent } of tree) tree.push(...all.filter((found) => found.parent === parent));
  return tree;
}

/** Undefined for a process that went meanwhile. proc_pid_stat(5); the name in brackets may hold anything. */
function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Counted from field 3 (state): 4 is the parent, 14 to 17 utime, stime, cutime, cstime, 24 rss.
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid,
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
    residentPages: field(24),
  };
}
