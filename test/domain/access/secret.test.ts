import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/access/secret.ts';

const VALUE = 'correct horse battery';
const secret = new Secret(VALUE);

const leaks: readonly { name: string; text: () => string }[] = [
  { name: 'JSON.stringify', text: () => JSON.stringify({ a: [secret], b: secret }) },
  { name: 'template string', text: () => `${secret}` },
  { name: 'concatenation', text: () => `x${[secret].join()}` },
  { name: 'String()', text: () => String(secret) },
  { name: 'inspect', text: () => inspect(secret) },
  {
    name: 'inspect of everything',
    text: () => inspect({ deep: [{ secret }] }, { depth: 9, showHidden: true, getters: true }),
  },
  { name: 'console.log formats', text: () => format('%s %o %O %j %d %i', ...Array(6).fill(secret)) },
  { name: 'console.log without format', text: () => format(secret, { secret }) },
  { name: 'an error that mentions it', text: () => inspect(new Error(`bad ${secret}`, { cause: secret })) },
  { name: 'keys and values', text: () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)]) },
  { name: 'structured clone', text: () => inspect(structuredClone({ secret }), { showHidden: true }) },
  { name: 'spread', text: () => JSON.stringify({ ...secret }) },
];

describe('Secret', () => {
  test.each(leaks)('$name does not show the value', ({ text }) => {
    expect(text()).not.toContain('horse');
  });

  test('the mask is what shows', () => {
    expect(`${secret}`).toBe('[secret]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(inspect(secret)).toBe('[secret]');
  });

  test('reveal gives the value', () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  test.each([
    { other: VALUE, equal: true },
    { other: `${VALUE} `, equal: false },
    { other: '', equal: false },
    { other: '[secret]', equal: false },
  ])('equals "$other": $equal', ({ other, equal }) => {
    expect(secret.equals(other)).toBe(equal);
    expect(secret.equals(new Secret(other))).toBe(equal);
  });
});
