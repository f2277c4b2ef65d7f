import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReserve } from '../../server/reserve.ts';

const BYTES = 1024 * 1024;
/** More than any disk has. */
const TOO_MUCH = 2 ** 60;

let folder = '';
const path = () => join(folder, 'provision.reserve');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reserve-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is kept, given up once, and kept again', async () => {
  const reserve = openReserve(folder, randomBytes, BYTES);
  expect(reserve.giveUp()).toBe(false);
  expect(reserve.warnings()).toEqual([expect.stringContaining('the 1 MiB that are kept for a start')]);
  await reserve.keep();
  expect(statSync(path())).toMatchObject({ size: BYTES, blocks: BYTES / 512 });
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(reserve.warnings()).toEqual([]);
  expect(reserve.giveUp()).toBe(true);
  expect(existsSync(path())).toBe(false);
  expect(reserve.warnings()).toHaveLength(1);
  await reserve.takeBack();
  expect(statSync(path()).size).toBe(BYTES);
  expect(reserve.warnings()).toEqual([]);
});

it('is completed where a part of it is there', async () => {
  await openReserve(folder, randomBytes, BYTES).keep();
  truncateSync(path(), 5);
  const reserve = openReserve(folder, randomBytes, BYTES);
  await reserve.keep();
  expect(statSync(path()).size).toBe(BYTES);
  expect(reserve.warnings()).toEqual([]);
});

it('takes nothing where less than as much would be left for others', async () => {
  const reserve = openReserve(folder, randomBytes, TOO_MUCH);
  await reserve.keep();
  expect(statSync(path()).size).toBe(0);
  expect(reserve.warnings()).toHaveLength(1);
});

it('warns, and throws nothing, where there is no folder', async () => {
  const reserve = openReserve(join(folder, 'gone'), randomBytes, BYTES);
  await reserve.keep();
  expect(reserve.warnings()).toHaveLength(1);
});
