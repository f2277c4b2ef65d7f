import { describe, expect, test } from 'vitest';
import { readKeys } from '../../../src/cli/output/console-keys.ts';

describe('escapes count at the beginning of a line only', () => {
  test.each<[string, string, string[]]>([
    ['ls\r', 'ls\r', []],
    ['~.', '', ['leave']],
    ['ls\r~.', 'ls\r', ['leave']],
    ['ls ~.', 'ls ~.', []],
    ['~?', '', ['help']],
    ['~B', '', ['break']],
    ['~~x', '~x', []],
    ['~x', '~x', []],
    ['~?~.', '', ['help', 'leave']],
    ['~\r~.', '~\r', ['leave']],
  ])('%j', (pressed, typed, actions) => {
    const keys = readKeys('line-begin', Buffer.from(pressed));
    expect([keys.typed.toString(), keys.actions]).toEqual([typed, actions]);
    // The same, key by key, as a person presses them.
    let { state } = readKeys('line-begin', Buffer.alloc(0));
    const one = { typed: '', actions: [] as string[] };
    for (const byte of Buffer.from(pressed)) {
      const next = readKeys(state, Buffer.from([byte]));
      state = next.state;
      one.typed += next.typed.toString();
      one.actions.push(...next.actions);
    }
    expect([one.typed, one.actions]).toEqual([typed, actions]);
  });
});
