import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandRun, runCommand } from '../../../server/bmc/run-command.ts';
import { bmcErrorOf } from '../../support/redfish-sim/redfish-session.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const command = (script: string, fields: Partial<CommandRun> = {}): CommandRun => ({
  program: process.execPath,
  args: ['-e', script],
  env: {},
  stdin: '',
  timeoutMs: 60_000,
  ...fields,
});
const NEVER = new AbortController().signal;

/** Resolves when the file is there. */
function appears(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, () => {
      if (!existsSync(path) || readFileSync(path, 'utf8') === '') return;
      watcher.close();
      resolve();
    });
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie of nobody is gone in effect; its parent is init.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a command that does not end', () => {
  /** Has a child that ignores SIGTERM, as it may do itself, and writes its number into a file. */
  const stubborn = (
    file: string,
    isStubborn: boolean,
  ) => `${isStubborn ? "process.on('SIGTERM', () => {});" : ''}
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('up')";
    const child = require('node:child_process').spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid)));
    setInterval(() => {}, 1000);`;

  it.each([
    ['that ignores SIGTERM', true],
    ['that goes and leaves a child', false],
  ])('%s is ended with all that it started, when the caller gives up', async (_name, isStubborn) => {
    const file = join(folder, 'pid');
    const caller = new AbortController();
    const there = appears(file);
    const run = bmcErrorOf(runCommand(command(stubborn(file, isStubborn)), caller.signal));
    await there;
    const pid = Number(readFileSync(file, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    caller.abort();
    const error = await run;
    expect([error.failure, error.message]).toEqual(['timeout', 'the command was given up']);
    // Its files are closed before it is gone.
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 15_000 });
  });

  it('is ended when its time is over', async () => {
    const run = runCommand(command('setInterval(() => {}, 1000)', { timeoutMs: 100 }), NEVER);
    const error = await bmcErrorOf(run);
    expect([error.failure, error.message]).toEqual(['timeout', 'the command did not end within 0.1 s']);
  });

  it('is ended when it writes without an end', async () => {
    const script = "const write = () => process.stdout.write('x'.repeat(4096), write); write()";
    const error = await bmcErrorOf(runCommand(command(script), NEVER));
    expect([error.failure, error.message]).toEqual(['malformed', 'the command wrote more than 65536 bytes']);
  });

  it('is not started for a caller who is gone', async () => {
    expect((await bmcErrorOf(runCommand(command('0'), AbortSignal.abort()))).failure).toBe('timeout');
  });
});

describe('a command that ends', () => {
  it('has its output read to the end', async () => {
    const script = "process.stdout.write('x'.repeat(60000)); process.stderr.write('y')";
    const { exitStatus, stdout, stderr } = await runCommand(command(script), NEVER);
    expect([exitStatus, stdout.length, stderr]).toEqual([0, 60_000, 'y']);
  });

  it('may leave its input unread', async () => {
    const { exitStatus } = await runCommand(
      command('process.exit(0)', { stdin: 'x'.repeat(1_000_000) }),
      NEVER,
    );
    expect(exitStatus).toBe(0);
  });

  it('by a signal has no status', async () => {
    const { exitStatus } = await runCommand(command("process.kill(process.pid, 'SIGKILL')"), NEVER);
    expect(exitStatus).toBeNull();
  });
});
