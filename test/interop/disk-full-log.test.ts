import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';
import { createSmallDisk, reasonAgainstSmallDisks, type SmallDisk } from '../support/small-disk.ts';

const reason = reasonAgainstNamespaces() ?? reasonAgainstSmallDisks();

const MIB = 1024 * 1024;
const LOG_BYTES = 32 * MIB;
/** Without the filler there is room for the log three times. */
const DISK_BYTES = 128 * MIB;
/** So that the log is used up soon. */
const vars = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`v${at}`, 'x'.repeat(4000)]));

describe.skipIf(reason !== undefined)(
  `a log that cannot be emptied, on a full disk${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let spaces: Namespaces;
    let disk: SmallDisk;
    let server: RunningProvisiond;
    const kept = ['debian-13'];
    let last = 0;

    beforeAll(async () => {
      spaces = createNamespaces('safety', ['server']);
      disk = await createSmallDisk(spaces, 'server', DISK_BYTES);
      await start();
      await declareProfile(server);
      expect(logBytes()).toBe(LOG_BYTES);
      disk.fill();
    });
    afterAll(async () => {
      await server?.stop();
      disk?.remove();
      await spaces?.remove();
    });
    showLogOnFailure(() => server);

    const start = async () => {
      const config = { dhcp: { probe: false }, log: { level: 'warn' } };
      server = await startProvisiond(spaces, 'server', { disk, config });
    };
    const logBytes = () => statSync(join(server.dataDir, 'provision.db-wal')).size;
    const add = async () => {
      last += 1;
      const name = `web-${last}`;
      const answer = { answerFile: 'debian-13.preseed', answerKind: 'preseed' };
      const body = { name, distro: 'debian-13', ...answer, settings: { vars } };
      const said = await server.api('POST', '/api/v1/profiles', body);
      if (said.status === 201) kept.push(name);
      return said;
    };
    const names = async () => {
      const all: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await server.must('GET', `/api/v1/profiles?fields=name${cursor && `&cursor=${cursor}`}`);
        all.push(...page.items.map(({ name }: { name: string }) => name));
        cursor = page.next;
      }
      return all;
    };

    it('takes what has room in the log, and then refuses; all that it took is there', async () => {
      let refused = await add();
      while (refused.status === 201) refused = await add();
      expect(refused).toMatchObject({ status: 503, body: { code: 'storage' } });
      expect(kept.length).toBeGreaterThan(50);
      expect(logBytes()).toBe(LOG_BYTES);
      expect(await names()).toEqual([...kept].sort());
    }, 60_000);

    it('ends cleanly all the same, and starts again with all of it, though nothing is kept for that', async () => {
      await server.stop();
      rmSync(join(disk.outside, 'provision.reserve'));
      disk.fill();
      await start();
      expect(await names()).toEqual([...kept].sort());
      expect(await add()).toMatchObject({ status: 503, body: { code: 'storage' } });
      await server.stop();
      disk.clear();
      await start();
      disk.fill();
    });

    it('empties its log by itself when there is room, and begins it anew', async () => {
      disk.clear();
      const before = kept.length;
      while (kept.length < 2 * before) expect(await add()).toMatchObject({ status: 201 });
      expect(logBytes()).toBeLessThan(LOG_BYTES + 4 * MIB);
      expect(await names()).toEqual([...kept].sort());
      await server.stop();
      const copy = join(disk.inside, 'provision.db');
      copyFileSync(join(server.dataDir, 'provision.db'), copy);
      const database = new Database(copy, { readonly: true });
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
    }, 60_000);
  },
);
