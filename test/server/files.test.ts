import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFiles } from '../../server/files.ts';

let folder = '';
const at = (name: string) => join(folder, name);
const files = () => createFiles(() => [at('root'), at('link-to-root'), at('gone')]);

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'provision-files-')));
  for (const name of ['root/tree', 'root-beside', 'outside']) mkdirSync(at(name), { recursive: true });
  for (const name of ['root/linux', 'root/tree/file', 'root-beside/file', 'outside/file'])
    writeFileSync(at(name), name);
  symlinkSync(at('root'), at('link-to-root'));
  symlinkSync(at('outside/file'), at('root/link'));
  symlinkSync(at('outside'), at('root/folder'));
  symlinkSync(at('outside/file'), at('root/tree/link'));
  symlinkSync(at('root/linux'), at('root/tree/up'));
  symlinkSync(at('root/linux'), at('outside/in'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a path of a record', () => {
  it.each([
    ['root/linux', 'root/linux'],
    ['link-to-root/linux', 'root/linux'],
    ['root/tree/../linux', 'root/linux'],
    ['outside/in', 'root/linux'],
  ])('%s is %s', async (path, real) => {
    expect(await files().locate(`${folder}/${path}`)).toBe(at(real));
  });

  it.each([
    ['a file outside', 'outside/file'],
    ['a folder whose name only begins as that of a root', 'root-beside/file'],
    ['a link that leads outside', 'root/link'],
    ['a file in a folder that is one', 'root/folder/file'],
    ['a way up and out', 'root/../outside/file'],
    ['what is not there', 'root/nothing'],
  ])('%s is not there', async (_says, path) => {
    expect(await files().locate(`${folder}/${path}`)).toBeUndefined();
    expect(await files().inspect(`${folder}/${path}`)).toHaveProperty('refused');
  });
});

describe('a name inside a tree', () => {
  const inside = (name: string) => files().locateInside(at('root/tree'), name);

  it('is a file of it', async () => {
    expect(await inside('file')).toBe(at('root/tree/file'));
    expect(await inside('/./file')).toBe(at('root/tree/file'));
  });

  it.each(['../linux', '../../outside/file', 'link', 'up', '/../linux', 'file\0', 'x/../../linux'])(
    '%j leads out of it',
    async (name) => {
      expect(await inside(name)).toBeUndefined();
    },
  );

  it('is of a tree that may be served', async () => {
    expect(await files().locateInside(at('outside'), 'file')).toBeUndefined();
  });
});
