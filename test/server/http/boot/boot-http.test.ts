import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createBootHttp } from '../../../../server/http/boot/boot-http.ts';
import { createLog } from '../../../../server/log.ts';
import { hasCommand } from '../../../support/has-command.ts';

/** What the kernel allows at most. */
const SOMAXCONN = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));

it.skipIf(!hasCommand('ss'))(
  'as many machines may wait to be taken as may be connected: what the queue has no room for comes back seconds later',
  async () => {
    const limits = { maxConnections: 2_000, stallMs: 60_000, isProxy: () => false };
    const app = createBootHttp([], limits, createLog('silent'), { nowMs: () => 0 });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    // The Send-Q of a listening socket is the length of its queue, ss(8).
    const listed = execFileSync('ss', ['-Hltn', 'sport', '=', `:${port}`], { encoding: 'utf8' });
    await app.close();
    expect(Number(listed.trim().split(/\s+/)[2])).toBe(Math.min(2_000, SOMAXCONN));
  },
);
