import { describe, expect, test } from 'vitest';
import { type Negotiation, negotiate } from '../../src/tftp/negotiate.ts';
import { decodePacket } from '../../src/tftp/packet.ts';
import { PATIENCE_MS, type Step, startTransfer, step, type TransferEvent } from '../../src/tftp/transfer.ts';

const ack = (block: number): TransferEvent => ({ type: 'ack', block });
const TIMER: TransferEvent = { type: 'timer' };
const REPEAT: TransferEvent = { type: 'repeat' };
const error = (code: number): TransferEvent => ({ type: 'error', code, message: 'User aborted' });

/** What the server does, in words: `DATA 1`, `OACK tsize=5`, `timer 1000`, `done complete`, `failed no-answer`. */
function words({ effects }: Step): string[] {
  return effects.map((effect) => {
    if (effect.type === 'set-timer') return `timer ${effect.ms}`;
    if (effect.type === 'done') return `done ${effect.result.outcome}`;
    if (effect.type === 'failed') return `failed ${effect.failure.reason}`;
    const packet = decodePacket(effect.bytes);
    if (packet.type === 'data') return `DATA ${packet.block}`;
    if (packet.type === 'oack') return `OACK ${packet.options.map(({ name, value }) => `${name}=${value}`)}`;
    throw new Error(`the server sent ${packet.type}`);
  });
}

function agreed(file: Buffer, options: Record<string, string> = {}): Negotiation {
  const list = Object.entries(options).map(([name, value]) => ({ name, value }));
  return negotiate(list, file.length, { blockBytes: 1468, windowBlocks: 64 });
}

interface Script {
  readonly name: string;
  readonly fileBytes: number;
  readonly options?: Record<string, string>;
  readonly first: readonly string[];
  /** At each time, an event and what follows. */
  readonly turns: readonly (readonly [atMs: number, event: TransferEvent, effects: readonly string[]])[];
}

const SCRIPTS: readonly Script[] = [
  {
    name: 'lock step without options',
    fileBytes: 700,
    first: ['DATA 1', 'timer 1000'],
    turns: [
      [1, ack(1), ['DATA 2', 'timer 100']],
      [2, ack(2), ['done complete']],
      [3, ack(2), []],
      [3, TIMER, []],
    ],
  },
  {
    name: 'a size that divides evenly ends with an empty block',
    fileBytes: 512,
    first: ['DATA 1', 'timer 1000'],
    turns: [
      [1, ack(1), ['DATA 2', 'timer 100']],
      [2, ack(2), ['done complete']],
    ],
  },
  {
    name: 'an empty file is one empty block',
    fileBytes: 0,
    first: ['DATA 1', 'timer 1000'],
    turns: [[1, ack(1), ['done complete']]],
  },
  {
    name: 'the OACK is acknowledged by ACK 0, by nothing else',
    fileBytes: 600,
    options: { tsize: '0' },
    first: ['OACK tsize=600', 'timer 1000'],
    turns: [
      [1, ack(1), []],
      [2, ack(0), ['DATA 1', 'timer 100']],
      [3, ack(0), []],
      [4, ack(1), ['DATA 2', 'timer 100']],
      [5, ack(2), ['done complete']],
    ],
  },
  {
    name: 'size probe: ERROR 8 after the OACK is a normal end',
    fileBytes: 600,
    options: { tsize: '0' },
    first: ['OACK tsize=600', 'timer 1000'],
    turns: [[1, error(8), ['done probe']]],
  },
  {
    name: 'size probe of Intel: ERROR 0 after the OACK',
    fileBytes: 600,
    options: { tsize: '0', blksize: '1456' },
    first: ['OACK tsize=600,blksize=1456', 'timer 1000'],
    turns: [[1, error(0), ['done probe']]],
  },
  {
    name: 'ERROR 8 without tsize refuses the options',
    fileBytes: 600,
    options: { blksize: '1024' },
    first: ['OACK blksize=1024', 'timer 1000'],
    turns: [[1, error(8), ['failed options-refused']]],
  },
  {
    name: 'an ERROR while data flows is a failure, tsize or not',
    fileBytes: 600,
    options: { tsize: '0' },
    first: ['OACK tsize=600', 'timer 1000'],
    turns: [
      [1, ack(0), ['DATA 1', 'timer 100']],
      [2, error(8), ['failed client-error']],
    ],
  },
  {
    name: 'duplicate, early and absurd ACKs in lock step move nothing',
    fileBytes: 2000,
    first: ['DATA 1', 'timer 1000'],
    turns: [
      [1, ack(0), []],
      [1, ack(2), []],
      [1, ack(65535), []],
      [2, ack(1), ['DATA 2', 'timer 100']],
      [3, ack(1), []],
      [3, ack(0), []],
      [4, ack(2), ['DATA 3', 'timer 100']],
    ],
  },
  {
    name: 'waits grow, and progress resets them',
    fileBytes: 2000,
    first: ['DATA 1', 'timer 1000'],
    turns: [
      [1_000, TIMER, ['DATA 1', 'timer 2000']],
      [3_000, TIMER, ['DATA 1', 'timer 4000']],
      [3_100, ack(1), ['DATA 2', 'timer 1000']],
      [3_110, ack(2), ['DATA 3', 'timer 100']],
      [3_210, TIMER, ['DATA 3', 'timer 200']],
    ],
  },
  {
    name: 'the agreed interval does not grow',
    fileBytes: 600,
    options: { timeout: '2' },
    first: ['OACK timeout=2', 'timer 2000'],
    turns: [
      [2_000, TIMER, ['OACK timeout=2', 'timer 2000']],
      [2_001, ack(0), ['DATA 1', 'timer 2000']],
      [4_001, TIMER, ['DATA 1', 'timer 2000']],
    ],
  },
  {
    name: 'who has never answered is given up after 30 s, however long an interval was asked for',
    fileBytes: 600,
    options: { timeout: '255' },
    first: ['OACK timeout=255', `timer ${PATIENCE_MS}`],
    turns: [[PATIENCE_MS, TIMER, ['failed no-answer']]],
  },
  {
    name: 'who has answered gets three of the intervals',
    fileBytes: 600,
    options: { timeout: '20' },
    first: ['OACK timeout=20', 'timer 20000'],
    turns: [
      [10, ack(0), ['DATA 1', 'timer 20000']],
      [20_010, TIMER, ['DATA 1', 'timer 20000']],
      [40_010, TIMER, ['DATA 1', 'timer 20000']],
      [60_010, TIMER, ['failed no-answer']],
    ],
  },
  {
    name: 'the last wait ends when the patience does',
    fileBytes: 600,
    first: ['DATA 1', 'timer 1000'],
    turns: [
      [29_000, TIMER, ['DATA 1', 'timer 1000']],
      [30_000, TIMER, ['failed no-answer']],
    ],
  },
  {
    name: 'a client that leaves without its last ACK has most likely all',
    fileBytes: 600,
    first: ['DATA 1', 'timer 1000'],
    turns: [
      [1, ack(1), ['DATA 2', 'timer 100']],
      [30_001, TIMER, ['failed last-ack-missing']],
    ],
  },
  {
    name: 'a repeated request brings the first packet again, until the client has answered',
    fileBytes: 600,
    options: { blksize: '512' },
    first: ['OACK blksize=512', 'timer 1000'],
    turns: [
      [300, REPEAT, ['OACK blksize=512', 'timer 1000']],
      [301, ack(0), ['DATA 1', 'timer 1000']],
      [302, REPEAT, []],
    ],
  },
];

const WINDOW_SCRIPTS: readonly Script[] = [
  {
    name: 'windows',
    fileBytes: 512 * 5,
    options: { windowsize: '4' },
    first: ['OACK windowsize=4', 'timer 1000'],
    turns: [
      [1, ack(0), ['DATA 1', 'DATA 2', 'DATA 3', 'DATA 4', 'timer 100']],
      [2, ack(4), ['DATA 5', 'DATA 6', 'timer 100']],
      [3, ack(6), ['done complete']],
    ],
  },
  {
    name: 'an ACK inside the window: on from there; its echoes are not answered',
    fileBytes: 512 * 20,
    options: { windowsize: '4' },
    first: ['OACK windowsize=4', 'timer 1000'],
    turns: [
      [1, ack(0), ['DATA 1', 'DATA 2', 'DATA 3', 'DATA 4', 'timer 100']],
      [2, ack(1), ['DATA 2', 'DATA 3', 'DATA 4', 'DATA 5', 'timer 100']],
      [3, ack(1), []],
      [3, ack(3), ['DATA 6', 'DATA 7', 'timer 100']],
      [4, ack(7), ['DATA 8', 'DATA 9', 'DATA 10', 'DATA 11', 'timer 100']],
      [5, ack(9), ['DATA 10', 'DATA 11', 'DATA 12', 'DATA 13', 'timer 100']],
    ],
  },
  {
    name: 'the first block of a window lost: a repeated ACK brings the window again, once',
    fileBytes: 512 * 20,
    options: { windowsize: '4' },
    first: ['OACK windowsize=4', 'timer 1000'],
    turns: [
      [1, ack(0), ['DATA 1', 'DATA 2', 'DATA 3', 'DATA 4', 'timer 100']],
      [2, ack(4), ['DATA 5', 'DATA 6', 'DATA 7', 'DATA 8', 'timer 100']],
      [3, ack(4), ['DATA 5', 'DATA 6', 'DATA 7', 'DATA 8', 'timer 100']],
      [3, ack(4), []],
      [4, ack(8), ['DATA 9', 'DATA 10', 'DATA 11', 'DATA 12', 'timer 100']],
      [5, ack(8), []],
      [6, ack(12), ['DATA 13', 'DATA 14', 'DATA 15', 'DATA 16', 'timer 100']],
      [7, ack(12), ['DATA 13', 'DATA 14', 'DATA 15', 'DATA 16', 'timer 100']],
    ],
  },
  {
    name: 'after silence the whole window goes out again',
    fileBytes: 512 * 20,
    options: { windowsize: '3' },
    first: ['OACK windowsize=3', 'timer 1000'],
    turns: [
      [1, ack(0), ['DATA 1', 'DATA 2', 'DATA 3', 'timer 100']],
      [101, TIMER, ['DATA 1', 'DATA 2', 'DATA 3', 'timer 200']],
      [102, ack(3), ['DATA 4', 'DATA 5', 'DATA 6', 'timer 100']],
    ],
  },
];

describe.for([
  ['lock step', SCRIPTS],
  ['windows', WINDOW_SCRIPTS],
] as const)('%s', ([, scripts]) => {
  test.for([...scripts])('$name', ({ fileBytes, options, first, turns }) => {
    const file = Buffer.alloc(fileBytes, 'x');
    let taken = startTransfer(file, agreed(file, options), 0);
    expect(words(taken)).toEqual(first);
    for (const [atMs, event, effects] of turns) {
      taken = step(taken.state, event, atMs);
      expect(words(taken)).toEqual(effects);
    }
  });
});

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
    expect(taken.effects).toEqual([{ type: 'done', result }]);
  });

  test('a failure says how far the client came and what it said', () => {
    const file = Buffer.alloc(2_000);
    const { state } = step(startTransfer(file, agreed(file), 0).state, ack(1), 1);
    expect(step(state, error(3), 2).effects).toEqual([
      {
        type: 'failed',
        failure: {
          reason: 'client-error',
          detail: 'the client sent ERROR 3: "User aborted"',
          ackedBytes: 512,
        },
      },
    ]);
  });

  test('a resend is no measurement: the wait stays as before (RFC 6298 §3)', () => {
    const file = Buffer.alloc(2_000);
    const resent = step(startTransfer(file, agreed(file), 0).state, TIMER, 1_000);
    expect(step(resent.state, ack(1), 1_001).state.roundTrip).toBeUndefined();
  });
});
