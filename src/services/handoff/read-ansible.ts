import type { HandoffFailure } from '../../domain/handoff/handoff-failure.ts';
import { printable } from '../../domain/printable.ts';
import type { HandoffOutcome } from './driver.ts';

/** Reads what ansible-playbook writes, a piece at a time, with its default callback and without colours. */
export interface AnsibleReader {
  read(text: string): void;
  /** What came of it, by its exit status; null: a signal ended it. */
  outcome(exitStatus: number | null): HandoffOutcome;
}

/** Longer lines (results of tasks may hold whole files) are read up to here. */
const LONGEST_LINE = 32 * 1024;
const LONGEST_TEXT = 300;

const TASK = /^(?:TASK|RUNNING HANDLER) \[(.*?)\] \*+$/;
const FAILED = /^(?:fatal|failed): \[[^\]]+\](?: \(item=.*?\))?: (FAILED|UNREACHABLE)! => (.*)$/;
const IGNORED = /^\.\.\.ignoring$/;
const RECAP = /^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/;
/** What cannot be read or run at all: `ERROR! …`, and what newer versions write for it. */
const ERROR = /^(?:ERROR! |\[ERROR\]: )(.*)$/;

interface Recap {
  readonly changed: number;
}

/** Pure but for what it remembers of the lines. `host` is the name of the machine in the inventory. */
export function createAnsibleReader(host: string): AnsibleReader {
  let rest = '';
  let task = '';
  let failure: { kind: 'FAILED' | 'UNREACHABLE'; text: string } | undefined;
  let before: typeof failure;
  let error: string | undefined;
  let recap: Recap | undefined;
  let open = '';
  const readLine = (written: string): void => {
    const line = open + written;
    // Results of assert and debug go over several lines, up to one with the last brace alone.
    const isOpen = FAILED.exec(line)?.[2]?.startsWith('{') === true && /=> \{$|^\s/.test(written);
    open = isOpen && line.length < LONGEST_LINE ? line : '';
    if (open !== '') return;
    const isTask = TASK.exec(line);
    const isFailure = FAILED.exec(line);
    const isError = ERROR.exec(line);
    const isRecap = RECAP.exec(line);
    if (isTask !== null) task = isTask[1] ?? '';
    else if (isFailure !== null) {
      before = failure;
      const kind = isFailure[1] as 'FAILED' | 'UNREACHABLE';
      failure = { kind, text: shorten(`${task}: ${messageOf(isFailure[2] ?? '')}`) };
    } else if (IGNORED.test(line)) failure = before;
    else if (isError !== null) error ??= shorten(isError[1] ?? '');
    else if (isRecap?.[1] === host) recap = { changed: Number(isRecap[3]) };
  };
  return {
    read(text) {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) readLine(line.slice(0, LONGEST_LINE).trimEnd());
    },
    outcome(exitStatus) {
      readLine(rest.trimEnd());
      if (open !== '') readLine('}');
      const text = failure?.text ?? error ?? '';
      const failed = (kind: HandoffFailure, more = text): HandoffOutcome => ({
        failure: kind,
        message: more,
        changed: recap?.changed ?? null,
      });
      if (exitStatus === null) return failed('ended', 'by a signal');
      // Nothing matched: Ansible is content, and the machine is as it was.
      if (exitStatus === 0 && recap === undefined)
        return failed('no-hosts', 'none of its plays matches the machine');
      if (exitStatus === 0)
        return { failure: null, message: doneText(recap), changed: recap?.changed ?? null };
      // Exit status 4 is an unreachable host as well as a playbook that cannot be read.
      if (failure?.kind === 'UNREACHABLE') return failed('unreachable');
      if (failure !== undefined) return failed('task-failed');
      if (exitStatus >= 128) return failed('ended', `exit status ${exitStatus}`);
      return failed('playbook-error', text === '' ? `exit status ${exitStatus}` : text);
    },
  };
}

function doneText(recap: Recap | undefined): string {
  const changed = recap?.changed ?? 0;
  return `${changed} ${changed === 1 ? 'task' : 'tasks'} changed something`;
}

/** `msg` and the last line of stderr of a task's result; a result that is cut or no JSON is told as it is. */
function messageOf(json: string): string {
  try {
    const result = JSON.parse(json) as Readonly<Record<string, unknown>>;
    const [msg, stderr] = [textOf(result['msg']), textOf(result['stderr'])];
    const last = stderr.trimEnd().split('\n').at(-1) ?? '';
    return [msg, last].filter((part) => part !== '').join(': ') || json;
  } catch {
    return json;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function shorten(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' ').trim());
  return line.length <= LONGEST_TEXT ? line : `${line.slice(0, LONGEST_TEXT)}…`;
}
