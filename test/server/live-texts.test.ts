import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLiveTexts, type LiveTexts } from '../../server/files.ts';

let folder: string;
let nowMs: number;
let texts: LiveTexts;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-texts-'));
  for (const name of ['shipped', 'own']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'shipped/a'), 'one');
  nowMs = 1_000_000;
  texts = createLiveTexts([join(folder, 'shipped'), join(folder, 'own')], () => nowMs);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('createLiveTexts', () => {
  it('gives the same object until a file changes', async () => {
    const first = await texts(0);
    expect(await texts(0)).toBe(first);
    writeFileSync(join(folder, 'own/a'), 'mine');
    const second = await texts(0);
    expect(second).not.toBe(first);
    expect(second.get('a')).toBe('mine');
    // Of the same length: told by the time of its change.
    writeFileSync(join(folder, 'own/a'), 'ours');
    expect((await texts(0)).get('a')).toBe('ours');
    rmSync(join(folder, 'own/a'));
    expect((await texts(0)).get('a')).toBe('one');
  });

  it('looks again only after the time that the caller allows', async () => {
    const first = await texts(1000);
    writeFileSync(join(folder, 'own/b'), 'new');
    nowMs += 999;
    expect(await texts(1000)).toBe(first);
    expect((await texts(0)).get('b')).toBe('new');
    writeFileSync(join(folder, 'own/b'), 'newer');
    nowMs += 1000;
    expect((await texts(1000)).get('b')).toBe('newer');
  });

  it('looks again when the clock was set back', async () => {
    await texts(0);
    writeFileSync(join(folder, 'own/b'), 'new');
    nowMs -= 60_000;
    expect((await texts(1000)).get('b')).toBe('new');
  });
});
