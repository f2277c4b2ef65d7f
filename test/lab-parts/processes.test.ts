import { expect, test } from 'vitest';
import { CommandFailed, Processes } from '../lab/processes.ts';

const node = process.execPath;

test('the output of a program comes back, and its input goes in', async () => {
  const script = 'process.stdin.pipe(process.stdout)';
  expect(await new Processes().run(node, ['-e', script], { input: 'to and fro' })).toBe('to and fro');
});

test('a program that fails tells its status and its words', async () => {
  const run = new Processes().run(node, ['-e', 'console.error("no room"); process.exit(3)']);
  await expect(run).rejects.toThrow(CommandFailed);
  await expect(run).rejects.toMatchObject({ status: 3, stderr: 'no room\n' });
});

test('a program that takes too long is killed', async () => {
  const run = new Processes().run(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 });
  await expect(run).rejects.toMatchObject({ status: null });
});

test('everything that was started is ended, the children of children, too', async () => {
  const processes = new Processes();
  const script = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    console.log(child.pid); setInterval(() => {}, 1e6);`;
  const child = await processes.start(node, ['-e', script], { logFile: '/dev/null' });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await processes.stopAll();
  expect(await ended).toBe('SIGTERM');
  expect(() => process.kill(-(child.pid ?? 0), 0)).toThrow(/ESRCH/);
  await expect(processes.run(node, ['--version'])).rejects.toThrow(/taken down/);
});
