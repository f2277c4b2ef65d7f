import { ack, playScripts, type Script, TIMER } from '../support/tftp-script.ts';

const SCRIPTS: readonly Script[] = [
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

playScripts('windows', SCRIPTS);
