import { expect, test } from 'vitest';
import { encodePacket } from '../../../src/tftp/packet.ts';
import { ack, rrq, SERVER, TftpBench } from '../../support/tftp-bench.ts';

const REQUEST = encodePacket(rrq('text.cfg'));

const client = (index: number) => ({ address: `10.1.${index >>> 8}.${index & 0xff}`, port: 2070 });

test('a flood of requests from everywhere holds 1,024 places, a few ports and one timer, for 30 s', async () => {
  const bench = await TftpBench.started();
  for (let index = 0; index < 5_000; index += 1) bench.net.deliver(REQUEST, client(index), SERVER);
  await bench.tell(Buffer.alloc(0));
  expect(bench.seen().filter((seen) => seen === 'refused busy')).toHaveLength(5_000 - 1_024);
  expect(bench.net.ports).toHaveLength(1 + 4);
  expect(bench.timers.waiting).toBe(1);
  bench.timers.advance(30_000);
  expect(bench.seen().filter((seen) => seen === 'aborted no-answer')).toHaveLength(1_024);
  await bench.tell(Buffer.alloc(0));
  expect(bench.net.ports).toEqual(['10.0.0.1:69']);
  expect(bench.timers.waiting).toBe(0);
});

test('what is sent to who never answers stays below eight packets for a request', async () => {
  const bench = await TftpBench.started();
  for (let index = 0; index < 100; index += 1) await bench.tell(REQUEST, client(index));
  bench.timers.advance(60_000);
  expect(bench.said().length + 100).toBeLessThan(8 * 100);
});

test('one client port that asks for ever new things holds one place and one port', async () => {
  const bench = await TftpBench.started();
  for (let round = 0; round < 500; round += 1) await bench.tell(rrq('text.cfg', { tsize: String(round) }));
  expect(bench.net.ports).toHaveLength(2);
  const ended = bench.seen().filter((seen) => seen === 'aborted superseded');
  expect(ended).toHaveLength(499);
});

test('datagrams of 0 and 1 byte to a transfer, from its client and from strangers, are nothing', async () => {
  const bench = await TftpBench.started();
  await bench.tell(rrq('boot/grub.efi'));
  const transfer = bench.transferPort();
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(1), Buffer.from([4])])
    for (const from of [undefined, client(1)]) expect(await bench.tell(bytes, from, transfer)).toEqual([]);
  expect(await bench.tell(ack(1), undefined, transfer)).toEqual(['DATA 2']);
});
