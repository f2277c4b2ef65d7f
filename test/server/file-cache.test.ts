import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileCache, type FileCache, type HeldFile } from '../../server/file-cache.ts';
import { must } from '../support/must.ts';

const BUDGET = 1000;

let folder: string;
let cache: FileCache;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-cache-'));
  cache = createFileCache(BUDGET);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fill = (name: string, size: number, letter = name) =>
  writeFileSync(join(folder, name), letter.repeat(size));
const ask = (name: string): HeldFile | undefined =>
  cache.hold(join(folder, name), statSync(join(folder, name)));

/** Asks twice, so that the file is in memory if there is room for it, and once more. */
async function warm(name: string): Promise<HeldFile | undefined> {
  for (let count = 0; count < 2; count++) {
    ask(name)?.release();
    await cache.settled();
  }
  return ask(name);
}

describe('createFileCache', () => {
  it('takes a file that is asked for a second time', async () => {
    fill('a', 10);
    expect(ask('a')).toBeUndefined();
    await cache.settled();
    expect(cache.bytesInUse()).toBe(0);
    expect(ask('a')).toBeUndefined();
    await cache.settled();
    const held = must(ask('a'), 'a file in memory');
    expect(held.bytes.toString()).toBe('a'.repeat(10));
    expect(must(ask('a'), 'the same').bytes).toBe(held.bytes);
    expect(cache.bytesInUse()).toBe(10);
  });

  it('gives out no older version, whichever way the file was changed', async () => {
    const path = join(folder, 'a');
    const changes = [
      () => fill('a', 10, 'b'),
      () => truncateSync(path, 9),
      () => {
        fill('other', 9, 'c');
        renameSync(join(folder, 'other'), path);
      },
    ];
    fill('a', 10);
    for (const change of changes) {
      must(await warm('a'), 'a file in memory').release();
      change();
      expect(ask('a')).toBeUndefined();
      expect(cache.bytesInUse()).toBe(0);
    }
  });

  it('keeps what is being sent, counts it, and lets go of it with the last holder', async () => {
    fill('a', 400);
    const first = must(await warm('a'), 'a file in memory');
    const second = must(ask('a'), 'the same');
    fill('a', 300, 'b');
    expect(ask('a')).toBeUndefined();
    expect(first.bytes.toString()).toBe('a'.repeat(400));
    first.release();
    expect(cache.bytesInUse()).toBe(400);
    second.release();
    expect(cache.bytesInUse()).toBe(0);
  });

  it('never holds more than its budget: what is not being sent gives way, the oldest first', async () => {
    for (const name of ['a', 'b', 'c', 'd']) fill(name, 300);
    const held = must(await warm('a'), 'a');
    must(await warm('b'), 'b').release();
    must(await warm('c'), 'c').release();
    expect(cache.bytesInUse()).toBe(900);
    must(ask('b'), 'b').release();
    must(await warm('d'), 'd').release();
    expect(cache.bytesInUse()).toBe(900);
    expect(ask('c')).toBeUndefined();
    expect(ask('b')).toBeDefined();
    expect(ask('a')?.bytes).toBe(held.bytes);
  });

  it('takes nothing where everything is being sent', async () => {
    for (const name of ['a', 'b', 'c']) fill(name, 500);
    must(await warm('a'), 'a');
    must(await warm('b'), 'b');
    expect(await warm('c')).toBeUndefined();
    expect(cache.bytesInUse()).toBe(BUDGET);
  });

  it('takes no file that is empty, too large, or gone', async () => {
    fill('empty', 0);
    fill('large', 501);
    expect(await warm('empty')).toBeUndefined();
    expect(await warm('large')).toBeUndefined();
    fill('a', 10);
    const facts = statSync(join(folder, 'a'));
    rmSync(join(folder, 'a'));
    for (let count = 0; count < 3; count++) {
      expect(cache.hold(join(folder, 'a'), facts)).toBeUndefined();
      await cache.settled();
    }
    expect(cache.bytesInUse()).toBe(0);
  });

  it('keeps nothing with a budget of 0', async () => {
    cache = createFileCache(0);
    fill('a', 10);
    expect(await warm('a')).toBeUndefined();
  });

  it('does not keep what changed while it was read', async () => {
    fill('a', 10);
    ask('a');
    ask('a');
    fill('a', 10, 'b');
    await cache.settled();
    expect(ask('a')).toBeUndefined();
    expect(cache.bytesInUse()).toBe(0);
  });
});
