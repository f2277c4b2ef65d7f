import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../server/net/datagram.ts';
import { ack, CLIENT, rrq, TftpBench } from '../../support/tftp-bench.ts';

describe('places', () => {
  const from = (host: number, port: number): Endpoint => ({ address: `10.0.0.${host}`, port });

  test('are limited for each client; who finds none gets no answer and asks again', async () => {
    const bench = await TftpBench.started({}, { sessionsPerClient: 2 });
    await bench.tell(rrq('text.cfg'), from(11, 1));
    await bench.tell(rrq('text.cfg'), from(11, 2));
    expect(await bench.tell(rrq('text.cfg'), from(11, 3))).toEqual([]);
    expect(bench.seen().at(-1)).toBe('refused busy');
    expect(await bench.tell(rrq('text.cfg'), from(12, 3))).toEqual(['DATA 1 to 10.0.0.12']);
  });

  test('are limited in all, and are given back', async () => {
    const bench = await TftpBench.started({}, { sessions: 1 });
    await bench.tell(rrq('text.cfg'), from(11, 1));
    const transfer = bench.transferPort();
    expect(await bench.tell(rrq('text.cfg'), from(12, 1))).toEqual([]);
    await bench.tell(ack(1), from(11, 1), transfer);
    expect(await bench.tell(rrq('text.cfg'), from(12, 1))).toEqual(['DATA 1 to 10.0.0.12']);
  });

  test('are given back by every way out', async () => {
    const bench = await TftpBench.started({}, { sessions: 1, sessionsPerClient: 1, fileBytes: 4_096 });
    for (const name of ['nothing', 'large', 'nothing', 'large']) await bench.tell(rrq(name));
    await bench.tell(rrq('text.cfg'));
    await bench.tell({ type: 'error', code: 3, message: 'full' }, CLIENT, bench.transferPort());
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
    bench.timers.advance(30_000);
    bench.said();
    expect(bench.seen().slice(-2)).toEqual(['request', 'aborted no-answer']);
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
  });
});
