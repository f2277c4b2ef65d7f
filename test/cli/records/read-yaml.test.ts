import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/cli/records/read-yaml.ts';

describe('YAML of people', () => {
  it('is read by the core schema: no, on and 12:30 are text', () => {
    const text = 'a: no\nb: on\nc: 12:30\nd: 0x10\ne: 010\nf: ~\ng: 52:54:00:12:34:56\nh: 2026-11-22\n';
    expect(readYaml(text, 'f').value).toEqual({
      a: 'no',
      b: 'on',
      c: '12:30',
      d: 16,
      e: 10,
      f: null,
      g: '52:54:00:12:34:56',
      h: '2026-11-22',
    });
  });

  it('knows the line of a path, or of what is above it', () => {
    const { lineOf } = readYaml('# rack\nsystems:\n  - name: a\n    interfaces:\n      - mac: x\n', 'f');
    expect(lineOf('systems.0.interfaces.0.mac')).toBe(5);
    expect(lineOf('systems.0.profile')).toBe(3);
    expect(lineOf('distros')).toBe(2);
    expect(lineOf('')).toBe(2);
  });

  it('keeps a key like __proto__ a key', () => {
    const { value } = readYaml('__proto__: {a: 1}\n', 'f');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  it.each([
    ['a: 1\na: 2\n', /^f:2: /],
    ['a: [1\n', /^f:2: /],
    ['a: !!js/function x\n', /^f:1: /],
    ['a: b: c\n', /^f:1: /],
    ['a: *x\n', /^f(:1)?: /],
    [`a: ${'['.repeat(40)}${']'.repeat(40)}\n`, /^f:1: nested too deeply/],
    [`${'['.repeat(50_000)}`, /^f(:\d+)?: /],
    ['--- a\n--- b\n', /^f:2: /],
    [
      `a: &a [x]\n${[...'bcdefgh'].map((key, at) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[at]}`).join()}]`).join('\n')}\n`,
      /^f: /,
    ],
  ])('refuses %j', (text, message) => {
    expect(() => readYaml(text, 'f')).toThrow(message);
  });
});
