import { describe, expect, test } from 'vitest';
import { AnswerFileError } from '../../src/answer-file/error.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';

const context = {
  text: "it's",
  lines: 'one\n\ntwo',
  list: ['a', 1, true],
  map: { b: [1, { c: null }], a: 'x"y' },
  none: null,
};

function render(text: string): string {
  return renderAnswerFile({ template: { name: 't', text }, snippets: new Map(), context, mode: 'serve' })
    .text;
}

describe('filters', () => {
  test.each([
    { text: '{{ text | shellquote }}', expected: "'it'\\''s'" },
    { text: '{{ 7 | shellquote }}', expected: "'7'" },
    { text: '{{ map.a | ksquote }}', expected: '"x\\"y"' },
    { text: "{{ 'a b' | preseedvalue }}", expected: 'a b' },
    { text: '{{ text | upper }}{{ text | upper | lower }}', expected: "IT'Sit's" },
    { text: "{{ '  x ' | trim }}", expected: 'x' },
    { text: "{{ 'a-b-c' | replace('-', '') }}", expected: 'abc' },
    { text: "{{ 'a.c' | replace('.', '$&') }}", expected: 'a$&c' },
    { text: '{{ lines | indent(2) }}', expected: 'one\n\n  two' },
    { text: '{{ lines | indent(2, true) }}', expected: '  one\n\n  two' },
    { text: "{{ list | join(', ') }}", expected: 'a, 1, true' },
    { text: '{{ list | first }}{{ list | last }}', expected: 'atrue' },
    { text: '{{ text | length }}{{ list | length }}{{ map | length }}', expected: '432' },
    { text: '{{ map | tojson }}', expected: '{"b":[1,{"c":null}],"a":"x\\"y"}' },
    { text: "{{ 'ü\n' | base64 }}", expected: 'w7wK' },
    { text: "{{ 'a b/ü' | urlencode }}", expected: 'a%20b%2F%C3%BC' },
    { text: "{{ none | default('x') | upper }}", expected: 'X' },
  ])('$text', ({ text, expected }) => {
    expect(render(text)).toBe(expected);
  });

  test.each([
    { text: '{{ none | upper }}', message: 'none: has no value' },
    { text: '{{ list | upper }}', message: 'upper: works on text' },
    { text: '{{ map | shellquote }}', message: 'shellquote: works on text' },
    { text: '{{ text | join }}', message: 'join: works on a list' },
    { text: "{{ text | replace('', 'x') }}", message: 'replace: needs two texts' },
    { text: "{{ text | replace('x') }}", message: 'replace: needs two texts' },
    { text: '{{ text | indent(1000000) }}', message: 'indent: the width' },
    { text: '{{ [] | first }}', message: 'first: needs a list' },
    { text: '{{ none | default }}', message: 'default: needs a value' },
    { text: '{{ true | length }}', message: 'length: a boolean has none' },
  ])('$text is refused', ({ text, message }) => {
    // `none` is a literal to the parser, so the variable of that name is reached by another way
    const written = text.replaceAll('none |', 'map.b[1].c |');
    const expected = message.replace('none:', 'map.b[1].c:');
    expect(() => render(written)).toThrow(AnswerFileError);
    expect(() => render(written)).toThrow(expected);
  });
});
