import { execFile, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtProgram } from '../support/build.ts';
import { readDhcpFixtures } from '../support/hostile-packets.ts';
import { openDhcpTarget } from './dhcp-target.ts';
import type { Shot } from './target.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as `npm run fuzz` starts it, in a process of its own: what it holds is measured. */
function runFuzz(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [builtProgram('test/fuzz/main.ts'), ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('spoilt packets through a whole listener', () => {
  it.each([
    { name: 'dhcp', packets: 5_000, answered: /\d{4} answered/ },
    { name: 'tftp', packets: 20_000, answered: /\d\d+ complete/ },
    { name: 'ipmi', packets: 1_500, answered: /\d{3,} answered/ },
  ])('$name takes $packets of them without a fault or a leak', { timeout: 60_000 }, async (run) => {
    const { code, stdout } = await runFuzz(run.name, '--packets', String(run.packets), '--seed', '20261122');
    expect(stdout).toContain(`fuzzing ${run.name} with seed 20261122\n${run.packets} packets in `);
    expect(stdout).toMatch(run.answered);
    expect(code).toBe(0);
  });

  it.each([
    { name: 'nothing', args: [] },
    { name: 'two at once', args: ['dhcp', 'tftp'] },
    { name: 'no time', args: ['dhcp', '--seconds', '0'] },
    { name: 'an unknown flag', args: ['dhcp', '--fast'] },
  ])('asked for $name, the program says how it is used', async ({ args }) => {
    expect(await runFuzz(...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: npm run fuzz -- dhcp | tftp | ipmi'),
    });
  });
});

it('a run that is told to end says how far it came', async () => {
  const child = spawn(process.execPath, [builtProgram('test/fuzz/main.ts'), 'tftp', '--seconds', '600']);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    if (said === '') child.kill('SIGINT');
    said += bytes.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(said).toMatch(/^\d+ packets in \d+\.\d s: /m);
  expect(code).toBe(0);
});

describe('every packet, cut after each of its bytes', () => {
  it('is answered or passed over by the DHCP listener, and no lease is a wrong one', async () => {
    const fixtures = readDhcpFixtures();
    const target = await openDhcpTarget(fixtures);
    for (const fixture of fixtures) {
      const cut = (length: number): Shot => ({
        bytes: Buffer.from(fixture.subarray(0, length)),
        ...{ from: 1, to: 0, afterMs: 1_000 },
      });
      expect(
        await target.shoot(Array.from({ length: fixture.length + 1 }, (_, at) => cut(at))),
      ).toBeUndefined();
    }
    expect(target.summary()).toMatch(
      /^\d{3,} answered, \d{3,} passed over, \d{5,} malformed, 0 limited, 0 dropped/,
    );
    expect(await target.finish()).toBeUndefined();
  });
});
