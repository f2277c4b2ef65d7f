import { expect, it } from 'vitest';
import { rehearse } from '../../../server/dhcp/rehearsal.ts';
import { createKeptLog } from '../../support/kept-log.ts';
import { NOW_MS } from '../../support/store-records.ts';

it('a rehearsal ends every exchange with an ACK, and says nothing', async () => {
  const log = createKeptLog();
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  expect(await rehearse({ nowMs: () => NOW_MS, log, pause })).toBe(3_000);
  expect(log.lines).toEqual([]);
});
