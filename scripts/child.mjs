// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './root.mjs';

/** How long a step may clean up after SIGTERM before it is killed. */
const CLEANUP_MS = 30_000;

/**
 * @typedef {object} ChildOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {number} [limitMinutes] the process is ended after this long; no limit when left out
 * @property {boolean} [stdoutToStderr] keeps stdout free for the program that is started later
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
      env: { ...process.env, ...options.env },
      stdio: ['inherit', options.stdoutToStderr ? process.stderr : 'inherit', 'inherit'],
    });
    let timedOut = false;
    /** @type {NodeJS.Timeout[]} */
    const timers = [];
    if (options.limitMinutes !== undefined) {
      timers.push(
        setTimeout(() => {
          timedOut = true;
          child.kill('SIGTERM');
          timers.push(setTimeout(() => child.kill('SIGKILL'), CLEANUP_MS));
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

/**
 * Passes signals on, so that ending the script ends the program cleanly. Ctrl-C is not passed on: the terminal
 * sends it to the whole group, and a second one would read as "stop at once".
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  /** @type {[NodeJS.Signals, () => void][]} */
  const handlers = /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGINT', 'SIGHUP']).map((signal) => [
    signal,
    () => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    },
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
