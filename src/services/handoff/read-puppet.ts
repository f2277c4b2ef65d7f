import type { HandoffFailure } from '../../domain/handoff/handoff-failure.ts';
import { printable } from '../../domain/printable.ts';
import type { HandoffOutcome } from './driver.ts';

/** What an agent run is told. */
export interface AgentRun {
  /** Null: the agent goes by its own configuration. */
  readonly certname: string | null;
  readonly server: string;
  readonly environment: string | null;
  /** Only look at what would change. */
  readonly noop: boolean;
  /** By sudo, without a password. */
  readonly become: boolean;
  /** After which the machine ends the run itself, should the connection be gone. */
  readonly timeoutSeconds: number;
}

const SUMMARY_MARK = '=== summary of the run';
/** Of the Puppet packages; Debian's is on everybody's path. */
const PATHS = '/opt/puppetlabs/bin';
/** How often the agent asks for its certificate until it is signed. */
const CERTIFICATE_POLL_SECONDS = 3;

/**
 * The command line for the machine's shell: one run of the agent, and the summary of it. `--test` reports its end by the exit
 * status, and `timeout` (coreutils) ends it where nobody waits any more.
 */
export function agentCommand(run: AgentRun): string {
  const agent = [
    'timeout --foreground --kill-after=10',
    String(run.timeoutSeconds),
    'puppet agent --test --detailed-exitcodes --color=false --lastrunfile="$summary"',
    `--waitforcert=${CERTIFICATE_POLL_SECONDS}`,
    `--server=${run.server}`,
    ...(run.certname === null ? [] : [`--certname=${run.certname}`]),
    ...(run.environment === null ? [] : [`--environment=${run.environment}`]),
    run.noop ? '--noop' : '--no-noop',
  ];
  const script = [
    `PATH=$PATH:${PATHS}`,
    'summary=$(mktemp -d)/summary.yaml',
    agent.join(' '),
    'status=$?',
    `echo "${SUMMARY_MARK}"`,
    'cat "$summary" 2>/dev/null',
    'rm -rf "$(dirname "$summary")"',
    'exit $status',
  ].join('; ');
  return `${run.become ? 'sudo -n ' : ''}sh -c '${script}'`;
}

/** Reads what the agent writes, a piece at a time. */
export interface AgentReader {
  read(text: string): void;
  /** By the exit status of ssh, which is that of the agent; null: a signal ended it. */
  outcome(exitStatus: number | null): HandoffOutcome;
}

/** Lines that an agent may write without an end. */
const LONGEST_LINE = 4096;
const LONGEST_TEXT = 300;

/** Exit statuses of `puppet agent --detailed-exitcodes`, of `timeout`, of the shell and of ssh. */
const FAILURES: Readonly<Record<number, HandoffFailure>> = {
  1: 'agent-failed',
  4: 'agent-failed',
  6: 'agent-failed',
  124: 'time-limit',
  125: 'agent-missing',
  126: 'agent-missing',
  127: 'agent-missing',
  137: 'time-limit',
  255: 'unreachable',
};

/** Pure but for what it remembers of the lines. */
export function createAgentReader(noop: boolean): AgentReader {
  let rest = '';
  let inSummary = false;
  let firstError = '';
  let lastWords = '';
  const counts = new Map<string, number>();
  const readLine = (line: string): void => {
    if (line === SUMMARY_MARK) inSummary = true;
    else if (inSummary) {
      // Of several sections only `resources:` has these.
      const count = /^ {2}(changed|out_of_sync|failed): (\d+)$/.exec(line);
      if (count?.[1] !== undefined && !counts.has(count[1])) counts.set(count[1], Number(count[2]));
    } else if (line.trim() !== '') {
      lastWords = line;
      // Facts that cannot be read are told as errors, and change nothing.
      const error = /^(?:Error|Notice): (.*)$/.exec(line)?.[1];
      const isError = line.startsWith('Error: ') && !line.startsWith('Error: Facter: ');
      if (error !== undefined && (isError || /already in progress|disabled/.test(error)))
        firstError ||= error;
    }
  };
  return {
    read(text) {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) readLine(line.slice(0, LONGEST_LINE).trimEnd());
    },
    outcome(exitStatus) {
      readLine(rest.trimEnd());
      rest = '';
      const changed = counts.get(noop ? 'out_of_sync' : 'changed') ?? null;
      if (exitStatus === 0 || exitStatus === 2)
        return { failure: null, message: doneText(changed, noop), changed };
      if (exitStatus === null) return { failure: 'ended', message: 'by a signal', changed };
      const failed = counts.get('failed') ?? 0;
      const many = failed === 0 ? '' : `${failed} ${failed === 1 ? 'resource' : 'resources'} failed: `;
      const failure = FAILURES[exitStatus] ?? 'agent-failed';
      return {
        failure,
        message: shorten(`${many}${firstError || lastWords || `exit status ${exitStatus}`}`),
        changed,
      };
    },
  };
}

function doneText(changed: number | null, noop: boolean): string {
  if (changed === null || changed === 0) return noop ? 'nothing would change' : 'nothing had to change';
  return `${changed} ${changed === 1 ? 'resource' : 'resources'} ${noop ? 'would change' : 'changed'}`;
}

function shorten(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' ').trim());
  return line.length <= LONGEST_TEXT ? line : `${line.slice(0, LONGEST_TEXT)}…`;
}
