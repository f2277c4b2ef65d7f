import { PATIENCE_MS } from '../../src/tftp/transfer.ts';
import { ack, error, playScripts, REPEAT, type Script, TIMER } from '../support/tftp-script.ts';

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

playScripts('lock step', SCRIPTS);
