import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRunLogs } from '../../../server/handoff/run-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const never = (error: unknown) => {
  throw error;
};

it('keeps what is written, goes on with it at the next try, and is read in whole lines', async () => {
  const logs = createRunLogs(folder, never);
  const first = await logs.open(7);
  first.write('one\ntw');
  first.write(Buffer.from('o'));
  await first.close();
  const second = await logs.open(7);
  second.write('three\n');
  await second.close();
  expect(await logs.read(7, 0)).toEqual({ text: 'one\ntwo\nthree\n', next: 14 });
  expect(await logs.read(7, 8)).toEqual({ text: 'three\n', next: 14 });
  expect(await logs.read(7, 14)).toEqual({ text: '', next: 14 });
  expect(await logs.read(8, 0)).toEqual({ text: '', next: 0 });
  expect(statSync(join(folder, '7.log')).mode & 0o777).toBe(0o600);
});

it('keeps the beginning and the end of one that is too long', async () => {
  const log = await createRunLogs(folder, never, 10).open(1);
  log.write('0123456789');
  log.write('x'.repeat(100 * 1024));
  log.write('fatal: the end\n');
  await log.close();
  const text = readFileSync(join(folder, '1.log'), 'utf8');
  expect(text).toMatch(/^0123456789\n\[\d+ bytes are left out/);
  expect(text.endsWith('xfatal: the end\n')).toBe(true);
  expect(text.length).toBeLessThan(70 * 1024);
});

it('forgets logs of runs that are not on record', async () => {
  const logs = createRunLogs(folder, never);
  for (const id of [1, 2]) await (await logs.open(id)).close();
  await logs.prune(async () => [2]);
  expect(readdirSync(folder)).toEqual(['2.log']);
});
