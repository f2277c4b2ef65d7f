import { expect, it } from 'vitest';
import { createTurns } from '../../../src/services/handoff/turns.ts';
import { settle } from '../../support/fake-clock.ts';

const NEVER = new AbortController().signal;

it('gives so many places, in order, and one that was given up to the next', async () => {
  const turns = createTurns(() => 2);
  const given: string[] = [];
  const ask = (name: string, signal = NEVER) =>
    turns.take(signal).then((giveBack) => {
      given.push(name);
      return giveBack;
    });
  const first = await ask('a');
  await ask('b');
  const tired = new AbortController();
  const gone = ask('c', tired.signal);
  const last = ask('d');
  await settle();
  expect(given).toEqual(['a', 'b']);
  tired.abort(new Error('cancelled'));
  await expect(gone).rejects.toThrow('cancelled');
  first();
  first();
  await last;
  expect(given).toEqual(['a', 'b', 'd']);
  const waiting = ask('e');
  await settle();
  expect(given).not.toContain('e');
  (await last)();
  await waiting;
});
