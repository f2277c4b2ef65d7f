import { describe, expect, it } from 'vitest';
import { exitStatus, runChild } from '../../scripts/child.mjs';

describe('exitStatus', () => {
  const cases: [number | null, NodeJS.Signals | null, number][] = [
    [0, null, 0],
    [3, null, 3],
    [null, 'SIGTERM', 143],
    [null, 'SIGINT', 130],
  ];
  for (const [code, signal, status] of cases) {
    it(`${code} ${signal} is ${status}`, () => expect(exitStatus(code, signal)).toBe(status));
  }
});

describe('runChild', () => {
  const node = (code: string, limitMinutes?: number) =>
    runChild(process.execPath, ['-e', code], limitMinutes === undefined ? {} : { limitMinutes });

  it('gives the exit status of the program', async () => expect(await node('process.exit(7)')).toBe(7));
  it('gives 128 + n for a signal', async () =>
    expect(await node('process.kill(process.pid, "SIGKILL")')).toBe(137));
  it('ends a program that takes too long', async () =>
    expect(await node('setInterval(() => {}, 1000)', 0.003)).toBe(124));
  it('gives 127 for a program that is not there', async () =>
    expect(await runChild('/no/such/program', [])).toBe(127));

  /** Runs a script that runs a program; the program is told its parent's process id. */
  const underScript = (program: string) => {
    const script = `
      import { runChild } from ${JSON.stringify(new URL('../../scripts/child.mjs', import.meta.url).href)};
      process.exit(await runChild(process.execPath, ['-e', ${JSON.stringify(program)}]));`;
    return runChild(process.execPath, ['--input-type=module', '-e', script]);
  };

  it('forwards a signal and waits for the clean end', async () => {
    // The program asks for the signal itself, once it is ready for it: no waiting.
    const program = `
      process.on('SIGTERM', () => process.exit(9));
      setInterval(() => {}, 1000);
      process.kill(process.ppid, 'SIGTERM');`;
    expect(await underScript(program)).toBe(9);
  });

  it('takes a signal to its whole group, repeated by npm, as one', async () => {
    // SIGTERM ends the count. It is asked for when the first SIGINT has come: signals that wait together are not taken
    // in the order in which they were sent.
    const program = `
      let seen = 0;
      process.on('SIGINT', () => {
        seen += 1;
        process.kill(process.ppid, 'SIGTERM');
      });
      process.on('SIGTERM', () => process.exit(40 + seen));
      setInterval(() => {}, 1000);
      process.kill(-process.ppid, 'SIGINT');
      process.kill(process.ppid, 'SIGINT');`;
    expect(await underScript(program)).toBe(41);
  });
});
