import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { PortRefused } from '../../../server/listeners/listener.ts';
import type { TftpFile } from '../../../server/tftp/lookup.ts';
import { decodePacket, encodePacket, type TftpPacket } from '../../../src/tftp/packet.ts';
import { must } from '../../support/must.ts';
import { ack, CLIENT, file, rrq, SERVER, TftpBench } from '../../support/tftp-bench.ts';

describe('a request', () => {
  test('is served from a port of its own on the address that was asked, to the end', async () => {
    const bench = await TftpBench.started();
    expect(await bench.tell(rrq('/boot\\grub.efi\xff'))).toEqual(['DATA 1']);
    expect(bench.asked).toEqual(['boot/grub.efi']);
    const transfer = bench.transferPort();
    expect(transfer.address).toBe(SERVER.address);
    expect(transfer.port).not.toBe(SERVER.port);
    bench.timers.nowMs = 5;
    expect(await bench.tell(ack(1), CLIENT, transfer)).toEqual(['DATA 2']);
    bench.timers.nowMs = 12;
    expect(await bench.tell(ack(2), CLIENT, transfer)).toEqual([]);
    const about = { client: CLIENT, name: 'boot/grub.efi' };
    expect(bench.events).toEqual([
      { type: 'request', ...about },
      { type: 'complete', ...about, bytes: 700, ms: 12, blockBytes: 512, windowBlocks: 1, resentBlocks: 0 },
    ]);
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
    expect(bench.timers.waiting).toBe(0);
  });

  test('gets its options clamped to the limits', async () => {
    const bench = await TftpBench.started({}, { blockBytes: 600, windowBlocks: 2 });
    const request = rrq('boot/grub.efi', { blksize: '1468', windowsize: '8', tsize: '0' });
    bench.net.deliver(encodePacket(request), CLIENT, SERVER);
    await nextTurn();
    const [sent] = bench.net.takeSent();
    expect(sent && decodePacket(sent.bytes)).toEqual({
      type: 'oack',
      options: [
        { name: 'blksize', value: '600' },
        { name: 'windowsize', value: '2' },
        { name: 'tsize', value: '700' },
      ],
    });
    expect(await bench.tell(ack(0), CLIENT, bench.transferPort())).toEqual(['DATA 1', 'DATA 2']);
  });

  test('in netascii gets the translated text', async () => {
    const bench = await TftpBench.started();
    bench.net.deliver(encodePacket(rrq('text.cfg', {}, 'NetASCII')), CLIENT, SERVER);
    await nextTurn();
    expect(bench.net.takeSent()[0]?.bytes.toString('latin1')).toBe('\x00\x03\x00\x01a\r\nb\r\n');
  });

  test('for the size alone ends as a probe, and the port is free at once', async () => {
    const bench = await TftpBench.started();
    expect(await bench.tell(rrq('boot/grub.efi', { tsize: '0' }))).toEqual(['OACK']);
    const abort: TftpPacket = { type: 'error', code: 8, message: 'User aborted the transfer' };
    expect(await bench.tell(abort, CLIENT, bench.transferPort())).toEqual([]);
    expect(bench.events.at(-1)).toEqual({ type: 'probe', client: CLIENT, name: 'boot/grub.efi', bytes: 700 });
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
    expect(await bench.tell(rrq('boot/grub.efi', { tsize: '0' }))).toEqual(['OACK']);
    expect(bench.logged).toEqual([]);
  });
});

describe('start and stop', () => {
  test('stop ends transfers with a word, frees every port, and may come twice or first', async () => {
    const bench = new TftpBench();
    await bench.listener.stop();
    await bench.listener.start();
    await bench.tell(rrq('boot/grub.efi'));
    await bench.listener.stop();
    await bench.listener.stop();
    expect(bench.said()).toEqual(['ERROR 0']);
    expect(bench.seen()).toEqual(['request', 'aborted stopping']);
    expect(bench.net.ports).toEqual([]);
    expect(bench.timers.waiting).toBe(0);
    await bench.listener.start();
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
  });

  test('stop while a file is looked up: no answer afterwards', async () => {
    const answers: ((file: TftpFile) => void)[] = [];
    const bench = await TftpBench.started({ find: () => new Promise((resolve) => answers.push(resolve)) });
    await bench.tell(rrq('text.cfg'));
    await bench.listener.stop();
    answers[0]?.(must(file('text.cfg'), 'the file'));
    await nextTurn();
    expect(bench.said()).toEqual([]);
    expect(bench.net.ports).toEqual([]);
  });

  test('a port that cannot be had says what to do', async () => {
    const bench = new TftpBench();
    bench.net.bindRefusal = 'EACCES';
    const refusal = await bench.listener.start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortRefused);
    expect(refusal).toMatchObject({ cause: 'EACCES', wanted: { port: 69, protocol: 'udp' } });
    bench.net.bindRefusal = undefined;
    await bench.listener.start();
    await expect(bench.listener.start()).rejects.toThrow('is running');
  });

  test.for([{ blockBytes: 7 }, { blockBytes: 65_465 }, { windowBlocks: 0 }, { windowBlocks: 65 }])(
    'limits that no transfer can keep are refused: %o',
    (limits) => {
      expect(() => new TftpBench({}, limits)).toThrow(RangeError);
    },
  );
});
