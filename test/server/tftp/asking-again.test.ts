import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { TftpFile } from '../../../server/tftp/lookup.ts';
import { must } from '../../support/must.ts';
import { ack, CLIENT, file, rrq, TftpBench } from '../../support/tftp-bench.ts';

describe('the same client port asks again', () => {
  test('the same, before it has answered: the first packet again, no second transfer', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi', { tsize: '0' }));
    const ports = bench.net.ports.length;
    expect(await bench.tell(rrq('boot/grub.efi', { tsize: '0' }))).toEqual(['OACK']);
    expect(bench.net.ports).toHaveLength(ports);
    expect(bench.seen()).toEqual(['request']);
  });

  test('the same, while data flows: a late copy, passed over', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const transfer = bench.transferPort();
    await bench.tell(ack(1), CLIENT, transfer);
    bench.timers.nowMs = 50;
    expect(await bench.tell(rrq('boot/grub.efi'))).toEqual([]);
    await bench.tell(ack(2), CLIENT, transfer);
    expect(bench.seen()).toEqual(['request', 'complete']);
  });

  test('the same, after a silence: a machine that was reset starts over; the old transfer says nothing', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const old = bench.transferPort();
    await bench.tell(ack(1), CLIENT, old);
    bench.timers.nowMs = 5_000;
    expect(await bench.tell(rrq('boot/grub.efi'))).toEqual(['DATA 1']);
    expect(bench.transferPort()).not.toEqual(old);
    expect(bench.events[1]).toMatchObject({ type: 'aborted', ackedBytes: 512, totalBytes: 700 });
    expect(bench.seen()).toEqual(['request', 'aborted superseded', 'request']);
    expect(bench.net.ports).toHaveLength(2);
  });

  test('something else: the new wish counts at once', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi', { tsize: '0' }));
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
    expect(bench.seen()).toEqual(['request', 'aborted superseded', 'request']);
  });

  test('something else while the first is being looked up: only the second is answered', async () => {
    const answers: ((file: TftpFile) => void)[] = [];
    const bench = await TftpBench.started({ find: () => new Promise((resolve) => answers.push(resolve)) });
    await bench.tell(rrq('boot/grub.efi'));
    await bench.tell(rrq('boot/grub.efi'));
    await bench.tell(rrq('text.cfg'));
    expect(answers).toHaveLength(2);
    answers[0]?.(must(file('boot/grub.efi'), 'the file'));
    answers[1]?.(must(file('text.cfg'), 'the file'));
    await nextTurn();
    expect(bench.said()).toEqual(['DATA 1']);
    expect(bench.net.ports).toHaveLength(2);
  });
});
