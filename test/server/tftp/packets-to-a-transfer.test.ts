import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../server/net/datagram.ts';
import type { TftpPacket } from '../../../src/tftp/packet.ts';
import { ack, CLIENT, rrq, TftpBench } from '../../support/tftp-bench.ts';

const STRANGER: Endpoint = { address: '10.0.0.99', port: 2070 };

describe('packets to a transfer', () => {
  test('from a stranger get ERROR 5 and do not disturb (RFC 1350 §4)', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const transfer = bench.transferPort();
    expect(await bench.tell(ack(1), STRANGER, transfer)).toEqual(['ERROR 5 to 10.0.0.99']);
    const otherPort = { ...CLIENT, port: 2071 };
    expect(await bench.tell(ack(1), otherPort, transfer)).toEqual(['ERROR 5']);
    const error: TftpPacket = { type: 'error', code: 0, message: 'die' };
    expect(await bench.tell(error, STRANGER, transfer)).toEqual([]);
    expect(await bench.tell(Buffer.alloc(1), STRANGER, transfer)).toEqual([]);
    expect(await bench.tell(ack(1), CLIENT, transfer)).toEqual(['DATA 2']);
  });

  test('that are none, from the client itself, are passed over', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi'));
    const transfer = bench.transferPort();
    const data: TftpPacket = { type: 'data', block: 1, payload: Buffer.alloc(1) };
    for (const packet of [Buffer.alloc(0), Buffer.alloc(1), Buffer.from([0, 4]), data, rrq('a')])
      expect(await bench.tell(packet, CLIENT, transfer)).toEqual([]);
    expect(await bench.tell(ack(1), CLIENT, transfer)).toEqual(['DATA 2']);
  });

  test('that cannot be sent count as lost, and the end says why', async () => {
    const bench = await TftpBench.started();
    bench.net.sendFailure = 'send EMSGSIZE';
    await bench.tell(rrq('boot/grub.efi'));
    bench.timers.advance(30_000);
    expect(bench.events.at(-1)).toMatchObject({
      type: 'aborted',
      reason: 'no-answer',
      detail: 'no answer for 30 s after block 0 of 2; sending failed: send EMSGSIZE',
    });
  });

  test('a client that is gone is tried five more times in 30 s, then left', async () => {
    const bench = await TftpBench.started();
    await bench.tell(rrq('boot/grub.efi'));
    bench.timers.advance(60_000);
    expect(bench.said()).toEqual(Array(5).fill('DATA 1'));
    expect(bench.seen()).toEqual(['request', 'aborted no-answer']);
    expect(bench.timers.waiting).toBe(0);
  });
});
