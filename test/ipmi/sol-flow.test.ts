import { describe, expect, test } from 'vitest';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { decodeSol, encodeSol, type SolFromBmc } from '../../src/ipmi/sol.ts';
import {
  breakTyped,
  newSolFlow,
  type SolFlow,
  type SolStep,
  solDeadlineMs,
  solHeard,
  solTimer,
  typed,
  WAITING_MAX,
} from '../../src/ipmi/sol-flow.ts';

const QUIET: SolFromBmc = {
  sequence: 0,
  ackedSequence: 0,
  accepted: 0,
  nack: false,
  unavailable: false,
  deactivated: false,
  overrun: false,
  breakDetected: false,
  characters: Buffer.alloc(0),
};
const fromBmc = (changes: Partial<SolFromBmc>): SolFromBmc => ({ ...QUIET, ...changes });
const text = (characters: string): Buffer => Buffer.from(characters, 'latin1');
const sent = ({ send }: SolStep): string[] =>
  send.map((bytes) => `${bytes.subarray(0, 4).toString('hex')} ${bytes.toString('latin1', 4)}`.trim());

const type = (flow: SolFlow, characters: string): SolStep => typed(flow, text(characters), 0);
const hear = (flow: SolFlow, changes: Partial<SolFromBmc>): SolStep => solHeard(flow, fromBmc(changes), 0);
const begin = (): SolFlow => newSolFlow(4, 0);

describe('packets (IPMI 2.0 §15.9)', () => {
  test('to the BMC', () => {
    const packet = { sequence: 3, ackedSequence: 2, accepted: 7, sendBreak: true, characters: text('ab') };
    expect(encodeSol(packet).toString('hex')).toBe('030207106162');
  });

  test.each<[string, Partial<SolFromBmc>]>([
    ['0f030560', { sequence: 15, ackedSequence: 3, accepted: 5, nack: true, unavailable: true }],
    ['00000010', { deactivated: true }],
    ['0100000c61', { sequence: 1, overrun: true, breakDetected: true, characters: text('a') }],
  ])('from the BMC: %s', (bytes, packet) => {
    expect(decodeSol(Buffer.from(bytes, 'hex'))).toEqual(fromBmc(packet));
  });

  test('every beginning of the header is malformed', () => {
    for (let length = 0; length < 4; length += 1)
      expect(() => decodeSol(Buffer.alloc(length))).toThrow(MalformedMessage);
  });
});

describe('typing', () => {
  test('one packet at a time, no longer than the BMC takes', () => {
    const first = type(begin(), 'abcdef');
    expect(sent(first)).toEqual(['01000000 abcd']);
    const second = type(first.flow, 'g');
    expect(sent(second)).toEqual([]);
    expect(sent(hear(second.flow, { ackedSequence: 1, accepted: 4 }))).toEqual(['02000000 efg']);
  });

  test('an ACK of another packet is none', () => {
    const { flow } = type(begin(), 'ab');
    expect(hear(flow, { ackedSequence: 9, accepted: 2 }).flow.pending).toBeDefined();
  });

  test('what the BMC did not take goes again in a new packet', () => {
    const { flow } = type(begin(), 'abcd');
    expect(sent(hear(flow, { ackedSequence: 1, accepted: 1, nack: true }))).toEqual(['02000000 bcd']);
  });

  test('where it takes nothing the packet goes again later', () => {
    const { flow } = type(begin(), 'ab');
    const nack = hear(flow, { ackedSequence: 1, accepted: 0, nack: true, unavailable: true });
    expect(sent(nack)).toEqual([]);
    expect(sent(solTimer(nack.flow, solDeadlineMs(nack.flow)))).toEqual(['01000000 ab']);
  });

  test('numbers go from 15 to 1, and begin behind those of the SOL before', () => {
    expect(sent(type(newSolFlow(4, 15), 'a'))).toEqual(['01000000 a']);
    expect(sent(type(newSolFlow(4, 14), 'a'))).toEqual(['0f000000 a']);
  });

  test('a break comes behind what was typed before it', () => {
    const first = type(begin(), 'abcdef');
    const second = breakTyped(first.flow, 0);
    expect(sent(second)).toEqual([]);
    expect(sent(hear(second.flow, { ackedSequence: 1, accepted: 4 }))).toEqual(['02000010 ef']);
    expect(sent(breakTyped(begin(), 0))).toEqual(['01000010']);
  });

  test('a BMC that never takes it is silent in the end', () => {
    let step = type(begin(), 'ab');
    let packets = 1;
    while (step.ended === undefined) {
      step = solTimer(step.flow, solDeadlineMs(step.flow));
      packets += step.send.length;
    }
    expect([step.ended, packets]).toEqual(['silent', 15]);
  });

  test('no more waits than a line may hold', () => {
    const { flow } = type(begin(), 'x'.repeat(WAITING_MAX));
    expect(() => type(flow, 'y'.repeat(5))).toThrow(RangeError);
  });
});

describe('what the machine writes', () => {
  test('is shown and acknowledged', () => {
    const step = hear(begin(), { sequence: 5, characters: text('login: ') });
    expect([step.output.toString(), sent(step)]).toEqual(['login: ', ['00050700']]);
  });

  test('is shown once where it comes twice, with what is new at its end', () => {
    const { flow } = hear(begin(), { sequence: 5, characters: text('abc') });
    const again = hear(flow, { sequence: 5, characters: text('abcd') });
    expect([again.output.toString(), sent(again)]).toEqual(['d', ['00050400']]);
    expect(hear(again.flow, { sequence: 6, characters: text('abc') }).output.toString()).toBe('abc');
  });

  test('and the end of it is told', () => {
    expect(hear(begin(), { deactivated: true }).ended).toBe('deactivated');
  });
});
