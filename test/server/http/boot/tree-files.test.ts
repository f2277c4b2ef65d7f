import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileCache, type FileCache, openLocated } from '../../../../server/file-cache.ts';
import { createFiles } from '../../../../server/files.ts';
import { createBootHttp } from '../../../../server/http/boot/boot-http.ts';
import { createFileSender } from '../../../../server/http/boot/send-file.ts';
import { createTreeFiles } from '../../../../server/http/boot/tree-files.ts';
import type { HttpApp } from '../../../../server/http/http-listener.ts';
import { createLog } from '../../../../server/log.ts';
import { type BootClient, startBootClient } from '../../../support/boot-client.ts';

let folder: string;
let tree: string;
let nowMs: number;
let looks: number;
let cache: FileCache;
let app: HttpApp;
let client: BootClient;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'provision-tree-')));
  tree = join(folder, 'tree');
  mkdirSync(join(tree, 'pool'), { recursive: true });
  mkdirSync(join(folder, 'outside'));
  writeFileSync(join(tree, 'pool/file'), 'inside');
  writeFileSync(join(folder, 'outside/file'), 'SECRET');
  nowMs = 1_000_000;
  looks = 0;
  const files = createFiles(() => [tree]);
  const find = createTreeFiles({
    findTree: async () => tree,
    files: {
      locateInside(root, name) {
        looks += 1;
        return files.locateInside(root, name);
      },
    },
    nowMs: () => nowMs,
  });
  cache = createFileCache(1_000_000, { nowMs: () => nowMs });
  const sender = createFileSender(cache);
  const handle = async (request: Parameters<typeof sender.answer>[0]) => {
    const path = await find('d', 'pool/file');
    return path === undefined ? { status: 404, headers: [] } : sender.answer(request, path, () => {});
  };
  app = createBootHttp(
    [{ methods: ['GET'], path: '/file', permission: 'machine', handle }],
    { maxConnections: 100, stallMs: 60_000, isProxy: () => false },
    createLog('silent'),
    { nowMs: () => nowMs },
  );
  client = await startBootClient(app, '127.0.0.1');
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = async () => {
  const { status, text } = await client.fetch('/file');
  return { status, text };
};
const INSIDE = { status: 200, text: 'inside' };

/** What somebody who may write in the tree could do between two requests. */
const ATTACKS: [string, () => void][] = [
  [
    'its folder',
    () => {
      renameSync(join(tree, 'pool'), join(tree, 'old'));
      symlinkSync(join(folder, 'outside'), join(tree, 'pool'));
    },
  ],
  [
    'the file',
    () => {
      rmSync(join(tree, 'pool/file'));
      symlinkSync(join(folder, 'outside/file'), join(tree, 'pool/file'));
    },
  ],
];

describe('files of trees', () => {
  it('are looked for once a second', async () => {
    for (let count = 0; count < 3; count += 1) expect(await get()).toEqual(INSIDE);
    expect(looks).toBe(1);
    nowMs += 1000;
    expect(await get()).toEqual(INSIDE);
    expect(looks).toBe(2);
  });

  it('are new ones after a second at most, and gone after it', async () => {
    for (let count = 0; count < 3; count += 1) {
      expect(await get()).toEqual(INSIDE);
      await cache.settled();
    }
    writeFileSync(join(tree, 'pool/file'), 'another');
    nowMs += 1000;
    expect(await get()).toEqual({ status: 200, text: 'another' });
    rmSync(join(tree, 'pool/file'));
    nowMs += 1000;
    expect((await get()).status).toBe(404);
  });

  it('are looked for anew when the clock was set back', async () => {
    await get();
    nowMs -= 10_000;
    await get();
    expect(looks).toBe(2);
  });

  it.each(ATTACKS)('do not lead outside when %s became a link since they were found', async (_, attack) => {
    expect(await get()).toEqual(INSIDE);
    attack();
    // The path is still taken for good; what it leads to is not.
    expect(await get()).toEqual({ status: 404, text: 'not a file\n' });
    expect(looks).toBe(1);
    nowMs += 1000;
    expect((await get()).status).toBe(404);
  });

  it.each(ATTACKS)(
    'that are in memory stay what they were for a second when %s became a link',
    async (_, attack) => {
      for (let count = 0; count < 3; count += 1) {
        await get();
        await cache.settled();
      }
      attack();
      expect(await get()).toEqual(INSIDE);
      nowMs += 1000;
      expect((await get()).status).toBe(404);
    },
  );
});

it.each(ATTACKS)('openLocated opens nothing by a path of which %s is a link', async (_, attack) => {
  const path = join(tree, 'pool/file');
  const file = await openLocated(path);
  expect(await file?.readFile('utf8')).toBe('inside');
  await file?.close();
  attack();
  expect(await openLocated(path)).toBeUndefined();
});
