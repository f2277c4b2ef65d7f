import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openConsoleLogs } from '../../../server/bmc/console-log.ts';

let folder: string;
let errors: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-console-'));
  errors = [];
});

afterEach(() => rm(folder, { recursive: true }));

const logs = (below: string, bytes?: number) =>
  openConsoleLogs(join(folder, below), (_, path) => errors.push(path), bytes);
const text = (path: string) => readFile(join(folder, path), 'latin1');

test('keeps what is written, in order, for its owner only, behind what is there', async () => {
  for (const line of ['one\r\n', 'two\r\n']) {
    const log = logs('console')('web001');
    for (const byte of Buffer.from(line)) log.write(Buffer.from([byte]));
    await log.close();
  }
  expect(await text('console/web001.log')).toBe('one\r\ntwo\r\n');
  expect((await stat(join(folder, 'console/web001.log'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'console'))).mode & 0o777).toBe(0o700);
});

test('a full file is put aside, and the one before it goes', async () => {
  for (const [line, full] of [
    ['aaaa', 'aaaa'],
    ['bbbb', 'bbbb'],
  ] as const) {
    const log = logs('.', 4)('web001');
    log.write(Buffer.from(line));
    await log.close();
    expect(await text('web001.log.1')).toBe(full);
  }
  const log = logs('.', 4)('web001');
  log.write(Buffer.from('c'));
  await log.close();
  expect([await text('web001.log'), await text('web001.log.1')]).toEqual(['c', 'bbbb']);
});

test('a file that cannot be written is told once, and disturbs nobody', async () => {
  await writeFile(join(folder, 'file'), '');
  const log = logs('file')('web001');
  log.write(Buffer.from('a'));
  await log.close();
  log.write(Buffer.from('b'));
  await log.close();
  expect(errors).toEqual([join(folder, 'file/web001.log')]);
});
