// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './root.mjs';

/** How long a step may clean up after SIGTERM before it is killed. */
const CLEANUP_MS = 30_000;
/** The same signal again within this time is the same signal. */
const REPEAT_MS = 1000;
/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * @typedef {object} ChildOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {number} [limitMinutes] the process is ended after this long; no limit when left out
 * @property {boolean} [stdoutToStderr] keeps stdout free for the program that is started later
 * @property {boolean} [noStdout] shows only what it says on stderr
 */

/**
 * Exit status in the shell's way: 128 + n for a process that ended by signal n.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitStatus(code, signal) {
  if (code !== null) return code;
  return signal === null ? 1 : 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs a program in the project's folder, forwards signals to it and resolves to its exit status (127 where it
 * could not be started, 124 where the time limit ended it).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<number>}
 */
export function runChild(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      // A group of its own: signals to ours (Ctrl-C, timeout) reach it once, through forwardSignals, never twice.
      detached: true,
      env: { ...process.env, ...options.env },
      stdio: ['inherit', stdoutOf(options), 'inherit'],
    });
    let timedOut = false;
    /** @type {NodeJS.Timeout[]} */
    const timers = [];
    if (options.limitMinutes !== undefined) {
      timers.push(
        setTimeout(() => {
          timedOut = true;
          child.kill('SIGTERM');
          timers.push(setTimeout(() => killGroup(child), CLEANUP_MS));
        }, options.limitMinutes * 60_000),
      );
    }
    const stopForwarding = forwardSignals(child);
    /** @param {number} status */
    const finish = (status) => {
      for (const timer of timers) clearTimeout(timer);
      stopForwarding();
      resolve(timedOut ? 124 : status);
    };
    child.on('error', (error) => {
      process.stderr.write(`provision: ${command}: ${error.message}\n`);
      finish(127);
    });
    child.on('exit', (code, signal) => finish(exitStatus(code, signal)));
  });
}

/** @param {ChildOptions} options */
function stdoutOf({ stdoutToStderr, noStdout }) {
  if (noStdout) return 'ignore';
  return stdoutToStderr ? process.stderr : 'inherit';
}

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}

/**
 * Passes signals on, so that ending the script ends the program cleanly. Ctrl-C comes both from the terminal and from
 * npm; a second signal would read as "stop at once", so a repetition within a second is dropped. A terminal that
 * closes says SIGHUP, which is "reload" to a server: there it means the end.
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  /** @type {Map<NodeJS.Signals, number>} */
  const lastAt = new Map();
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const isRepeated = performance.now() - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS;
    lastAt.set(signal, performance.now());
    if (!isRepeated) child.kill(signal === 'SIGHUP' && process.stdin.isTTY ? 'SIGTERM' : signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}
