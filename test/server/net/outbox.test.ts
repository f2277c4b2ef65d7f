import { describe, expect, test } from 'vitest';
import type { CallResult } from '../../../server/net/libc.ts';
import { ipv4Name } from '../../../server/net/message-ring.ts';
import { Outbox, type Receiver } from '../../../server/net/outbox.ts';
import { type DatagramRun, runDatagram } from '../../../server/net/peer-socket.ts';
import { createFakeMemory } from '../../support/fake-memory.ts';

const HEADS = Buffer.from('h0h1h2h3');
const BODY = Buffer.from('aaabbbcccdddeee-f');

function run(more: Partial<DatagramRun> = {}): DatagramRun {
  return {
    datagrams: 3,
    heads: HEADS,
    headBytes: 2,
    firstHead: 1,
    body: BODY,
    start: 3,
    pieceBytes: 3,
    ...more,
  };
}

function receiver(more: Partial<Receiver> = {}) {
  const told: string[] = [];
  const made: Receiver = {
    fd: 7,
    name: ipv4Name(0x0a000b0c, 2070),
    segments: true,
    later: (_run, first, count) => told.push(`later ${first}+${count}`),
    failed: (code) => told.push(`failed ${code}`),
    ...more,
  };
  return { made, told };
}

/** The datagrams that arrive, `segmentBytes` applied as the kernel does. */
function arrived({ sent }: ReturnType<typeof createFakeMemory>): string[] {
  return sent.flatMap(({ bytes, segmentBytes = bytes.length }) =>
    Array.from({ length: Math.ceil(bytes.length / segmentBytes) }, (_, index) =>
      bytes.toString('latin1', index * segmentBytes, (index + 1) * segmentBytes),
    ),
  );
}

describe('a run', () => {
  test('to one receiver is one message, cut into its datagrams by the kernel', () => {
    const memory = createFakeMemory();
    const outbox = new Outbox(memory.libc);
    outbox.add(receiver().made, run());
    outbox.flush();
    expect(memory.sent).toEqual([
      { bytes: Buffer.from('h1bbbh2ccch3ddd'), address: '10.0.11.12', port: 2070, segmentBytes: 5 },
    ]);
  });

  test.for([
    { name: 'a short last one', more: { start: 9 }, datagrams: ['h1ddd', 'h2eee', 'h3-f'] },
    {
      name: 'an empty last one',
      more: { start: 12, body: BODY.subarray(0, 15), datagrams: 2 },
      datagrams: ['h1eee', 'h2'],
    },
    { name: 'heads that begin anew', more: { firstHead: 6 }, datagrams: ['h2bbb', 'h3ccc', 'h0ddd'] },
    { name: 'an empty file', more: { start: 0, body: Buffer.alloc(0), datagrams: 1 }, datagrams: ['h1'] },
    { name: 'a single one', more: { datagrams: 1 }, datagrams: ['h1bbb'] },
  ])('$name', ({ more, datagrams }) => {
    for (const segments of [true, false]) {
      const memory = createFakeMemory();
      const outbox = new Outbox(memory.libc);
      outbox.add(receiver({ segments }).made, run(more));
      outbox.flush();
      expect(arrived(memory)).toEqual(datagrams);
    }
    const plain = run(more);
    expect(Array.from({ length: plain.datagrams }, (_, i) => String(runDatagram(plain, i)))).toEqual(
      datagrams,
    );
  });

  test('of more than a message can hold, or the ring, loses nothing', () => {
    const memory = createFakeMemory();
    const outbox = new Outbox(memory.libc);
    const body = Buffer.alloc(64 * 9000, 'x');
    for (let count = 0; count < 100; count += 1)
      outbox.add(receiver().made, run({ datagrams: 64, body, start: 0, pieceBytes: 9000 }));
    outbox.flush();
    expect(arrived(memory)).toHaveLength(6_400);
    for (const { bytes } of memory.sent) expect(bytes.length).toBeLessThanOrEqual(65_507);
  });
});

test('what is queued goes when the turn ends, and before another socket is written to', async () => {
  const memory = createFakeMemory();
  const outbox = new Outbox(memory.libc);
  outbox.add(receiver().made, run({ datagrams: 1 }));
  expect(memory.sent).toHaveLength(0);
  outbox.add(receiver({ fd: 8 }).made, run({ datagrams: 1 }));
  expect(memory.sent).toHaveLength(1);
  await Promise.resolve();
  expect(memory.sent).toHaveLength(2);
});

describe('what the kernel does not take', () => {
  const refused = (code: string): CallResult => ({ ok: false, code });
  /** Three messages to three receivers; what each was told, and how many datagrams were sent. */
  const send = (...outcomes: CallResult[]) => {
    const memory = createFakeMemory(outcomes);
    const outbox = new Outbox(memory.libc);
    const all = [receiver(), receiver(), receiver()];
    for (const { made } of all) outbox.add(made, run());
    outbox.flush();
    return { told: all.map(({ told }) => told.join()), sent: memory.sent.length, all };
  };

  test('a part only: the rest is tried again', () => {
    expect(send({ ok: true, value: 1 })).toMatchObject({ told: ['', '', ''], sent: 3 });
    expect(send(refused('EINTR'))).toMatchObject({ told: ['', '', ''], sent: 3 });
  });

  test('a full buffer: the rest is left to Node, in order', () => {
    const left = send({ ok: true, value: 1 }, refused('EAGAIN'));
    expect(left).toMatchObject({ told: ['', 'later 0+3', 'later 0+3'], sent: 1 });
  });

  test('a run that cannot be cut: each datagram by itself, for this receiver from now on', () => {
    const cut = send({ ok: true, value: 1 }, refused('EIO'));
    expect(cut).toMatchObject({ told: ['', 'later 0+3', ''], sent: 2 });
    expect(cut.all.map(({ made }) => made.segments)).toEqual([true, false, true]);
  });

  test('a datagram that cannot be sent: its receiver hears why, the others are served', () => {
    const memory = createFakeMemory([refused('EPERM')]);
    const outbox = new Outbox(memory.libc);
    const [first, second] = [receiver(), receiver()];
    for (const { made } of [first, second]) outbox.add(made, run({ datagrams: 1 }));
    outbox.flush();
    expect([first.told, second.told, memory.sent.length]).toEqual([['failed EPERM'], [], 1]);
  });
});
