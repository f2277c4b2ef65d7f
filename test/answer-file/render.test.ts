import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AnswerFileError } from '../../src/answer-file/error.ts';
import { type RenderMode, renderAnswerFile } from '../../src/answer-file/render.ts';
import { Secret } from '../../src/domain/access/secret.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: bash, not JavaScript
const BASH = 'n=${#list[@]} # ${x%%y} ${!v} {# not ours #}';

const context = {
  system: { name: 'web001', domain: null },
  hash: new Secret('$6$salt$abc'),
  none: null,
  zero: 0,
  empty: [],
  list: ['a', 'b'],
  map: { first: 1, second: 2 },
  text: 'x',
};

function render(text: string, mode: RenderMode = 'serve', snippets: [string, string][] = []): string {
  return renderAnswerFile({
    template: { name: 't', text },
    snippets: new Map(snippets),
    context,
    mode,
  }).text;
}

function failure(text: string) {
  try {
    render(text);
  } catch (error) {
    if (error instanceof AnswerFileError) return error.details;
    throw error;
  }
  throw new Error(`rendered: ${text}`);
}

describe('renderAnswerFile', () => {
  test.each([
    { text: 'plain', expected: 'plain' },
    { text: '{{ system.name }}', expected: 'web001' },
    { text: "{{ system['name'] }}", expected: 'web001' },
    { text: '{{ list[1] }}{{ list.length }}', expected: 'b2' },
    {
      text: BASH,
      expected: BASH,
    },
    { text: 'a<%# gone {{ nothing }} %>b', expected: 'ab' },
    { text: '{% raw %}{{ x }} {% if %}{% endraw %}', expected: '{{ x }} {% if %}' },
    { text: '{% if zero %}1{% elif empty %}2{% else %}3{% endif %}', expected: '3' },
    { text: '{% if list and not none %}yes{% endif %}', expected: 'yes' },
    { text: "{{ 'a' if system.domain else 'b' }}{{ 'c' if zero }}", expected: 'b' },
    { text: '  {% if list %}\nbody\n  {% endif %}\nend\n', expected: 'body\nend\n' },
    { text: '{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ -zero + 1 }} {{ 3 / 2 }}', expected: '7 3 3 1 1.5' },
    { text: "{{ 'a' ~ 1 ~ true }} {{ 'a' + 'b' }}", expected: 'a1true ab' },
    {
      text: "{{ 1 < 2 < 3 }} {{ 'a' <= 'b' }} {{ 1 == '1' }} {{ none == null }}",
      expected: 'true true false true',
    },
    {
      text: "{{ 'a' in list }} {{ 'z' not in list }} {{ 'first' in map }} {{ 'toString' in map }}",
      expected: 'true true true false',
    },
    {
      text: '{{ none is none }} {{ x is defined }} {{ system.x.y is undefined }} {{ text is string }}',
      expected: 'true false true true',
    },
    {
      text: "{{ x | default('d') }}{{ system.domain | default('e') }}{{ zero | default('f', true) }}{{ zero | default('g') }}",
      expected: 'def0',
    },
    {
      text: '{% for x in list %}{{ loop.index }}{{ x }}{{ "," if not loop.last }}{% endfor %}',
      expected: '1a,2b',
    },
    { text: '{% for x in empty %}{% else %}none{% endfor %}', expected: 'none' },
    { text: '{% for k, v in map %}{{ k }}={{ v }} {% endfor %}', expected: 'first=1 second=2 ' },
    { text: '{% for i in range(2, 8, 3) %}{{ i }}{% endfor %}{{ range(3) | join }}', expected: '25012' },
    { text: '{% set n = 0 %}{% for x in list %}{% set n = n + 1 %}{% endfor %}{{ n }}', expected: '2' },
    { text: '{% for x in list %}{% set inner = x %}{% endfor %}{{ inner is defined }}', expected: 'false' },
    { text: '{% set s %}<{{ text }}>{% endset %}{{ s }}{{ s }}', expected: '<x><x>' },
    { text: '{% filter upper %}{{ text }}y{% endfilter %}', expected: 'XY' },
    { text: "{% set system = 'mine' %}{{ system }}", expected: 'mine' },
    { text: "{% include 'nothing' ignore missing %}.", expected: '.' },
    { text: '{{ "{{" }}', expected: '{{' },
    { text: '{{ hash is none }} {{ "yes" if hash }} {{ hash == none }}', expected: 'false yes false' },
  ])('renders $text', ({ text, expected }) => {
    expect(render(text)).toBe(expected);
  });

  test.each([
    { text: '\n{{ nope }}', code: 'undefined-variable', line: 2, message: 'nope is not defined' },
    { text: '{{ system.nope }}', code: 'undefined-variable', line: 1, message: 'system.nope is not defined' },
    { text: '{% if nope %}{% endif %}', code: 'undefined-variable', line: 1, message: 'nope is not defined' },
    { text: '\n\n{{ system.domain }}', code: 'null-value', line: 3, message: 'system.domain: has no value' },
    { text: '{{ system.domain.x }}', code: 'null-value', line: 1, message: 'system.domain has no value' },
    {
      text: '{{ system.domain | shellquote }}',
      code: 'null-value',
      line: 1,
      message: 'system.domain: has no value',
    },
    { text: '{{ list }}', code: 'bad-value', line: 1, message: 'list: a list is printed' },
    {
      text: '{{ 1 + text }}',
      code: 'bad-value',
      line: 1,
      message: '"+" does not work on a number and a string',
    },
    { text: '{{ 1 / 0 }}', code: 'bad-value', line: 1, message: '"/" gives no number' },
    {
      text: '{{ text < 1 }}',
      code: 'bad-value',
      line: 1,
      message: '"<" does not work on a string and a number',
    },
    {
      text: '{% for x in text %}{% endfor %}',
      code: 'bad-value',
      line: 1,
      message: 'text: a string cannot be looped over with one name',
    },
    {
      text: "{% if x %}\n{% else %}\n{{ 'a' | shout }}{% endif %}",
      code: 'unknown-filter',
      line: 3,
      message: 'unknown filter shout',
    },
  ])('refuses $text', ({ text, code, line, message }) => {
    expect(failure(text)).toMatchObject({ code, line, message, template: 't' });
  });

  test('snippets see the variables of where they are included, and keep their own', () => {
    const snippets: [string, string][] = [
      ['s', '{{ x }}{% set x = 9 %}{% set y = 1 %}'],
      ['deep/name.sh', "{% include 's' %}!"],
    ];
    const text = "{% for x in list %}{% include 'deep/name.sh' %}{% endfor %}{{ y is defined }}";
    expect(render(text, 'serve', snippets)).toBe('a!b!false');
  });

  test('secrets come out in serve and as a mask in preview', () => {
    const text = 'rootpw --iscrypted {{ hash | secret }} {{ hash | secret | shellquote }}';
    expect(render(text, 'serve')).toBe("rootpw --iscrypted $6$salt$abc '$6$salt$abc'");
    expect(render(text, 'preview')).toBe("rootpw --iscrypted ******** '********'");
  });

  test('a preview cannot be used to guess a secret', () => {
    const text =
      "{{ (hash | secret) == '$6$salt$abc' }} {{ hash | secret | length }} {{ hash | secret | base64 }}";
    expect(render(text, 'preview')).toBe('false 8 KioqKioqKio=');
  });

  test('the digest is that of the text in UTF-8', () => {
    const rendered = renderAnswerFile({
      template: { name: 't', text: 'größe' },
      snippets: new Map(),
      context: {},
      mode: 'serve',
    });
    expect(rendered.sha256).toBe(createHash('sha256').update('größe', 'utf8').digest('hex'));
    expect(rendered.contentType).toBe('text/plain; charset=utf-8');
  });
});
