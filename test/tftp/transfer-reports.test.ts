import { describe, expect, test } from 'vitest';
import { startTransfer, step } from '../../src/tftp/transfer.ts';
import { ack, agreed, error, TIMER, words } from '../support/tftp-script.ts';

describe('numbers and reports', () => {
  test('block 65535 is followed by block 0, and old ACKs across the wrap move nothing', () => {
    const file = Buffer.alloc(8 * 65_537, 'x');
    let taken = startTransfer(file, agreed(file, { blksize: '8' }), 0);
    taken = step(taken.state, ack(0), 0);
    for (let block = 1; block < 65_535; block += 1) taken = step(taken.state, ack(block), 0);
    expect(words(taken)).toEqual(['DATA 65535', 'timer 100']);
    taken = step(taken.state, ack(65_535), 0);
    expect(words(taken)).toEqual(['DATA 0', 'timer 100']);
    expect(words(step(taken.state, ack(65_535), 0))).toEqual([]);
    taken = step(taken.state, ack(0), 0);
    expect(words(taken)).toEqual(['DATA 1', 'timer 100']);
    taken = step(step(taken.state, ack(0), 0).state, ack(1), 0);
    expect(words(taken)).toEqual(['DATA 2', 'timer 100']);
    expect(words(step(taken.state, ack(2), 0))).toEqual(['done complete']);
  });

  test('the result counts bytes, time and resent blocks', () => {
    const file = Buffer.alloc(600);
    let taken = startTransfer(file, agreed(file), 5_000);
    taken = step(taken.state, TIMER, 6_000);
    taken = step(taken.state, ack(1), 6_010);
    taken = step(taken.state, ack(2), 6_020);
    const result = { outcome: 'complete', bytes: 600, ms: 1_020, resentBlocks: 1 };
    expect(taken.end).toEqual({ ok: true, result });
  });

  test('a failure says how far the client came and what it said', () => {
    const file = Buffer.alloc(2_000);
    const { state } = step(startTransfer(file, agreed(file), 0).state, ack(1), 1);
    expect(step(state, error(3), 2).end).toEqual({
      ok: false,
      failure: {
        reason: 'client-error',
        detail: 'the client sent ERROR 3: "User aborted"',
        ackedBytes: 512,
      },
    });
  });

  test('a resend is no measurement: the wait stays as before (RFC 6298 §3)', () => {
    const file = Buffer.alloc(2_000);
    const resent = step(startTransfer(file, agreed(file), 0).state, TIMER, 1_000);
    expect(step(resent.state, ack(1), 1_001).state.roundTrip).toBeUndefined();
  });
});
