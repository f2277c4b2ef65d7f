import { describe, expect, test } from 'vitest';
import { AnswerFileError, type AnswerFileErrorCode } from '../../src/answer-file/error.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { Secret } from '../../src/domain/access/secret.ts';

class Box {
  readonly inside = 'hidden';
  open(): string {
    return this.inside;
  }
}

const context = {
  name: 'web001',
  list: ['a', 'b'],
  map: { key: 'value', fn: () => 'called', proto: { polluted: false } },
  password: new Secret('opensesame'),
  box: new Box(),
  table: new Map([['k', 'v']]),
  fns: [() => 'called'],
  fn: () => 'called',
  get computed(): string {
    return 'read by a getter';
  },
};

const snippets = new Map([
  ['loop', "{% include 'loop' %}"],
  ['ping', "{% include 'pong' %}"],
  ['pong', "{% include 'ping' %}"],
  ['bad', 'line one\n{{ nothing }}\n'],
]);

function render(text: string): string {
  const template = { name: 'hostile', text };
  return renderAnswerFile({ template, snippets, context, mode: 'serve' }).text;
}

function failure(text: string): AnswerFileError {
  try {
    render(text);
  } catch (error) {
    if (error instanceof AnswerFileError) return error;
    throw error;
  }
  throw new Error(`rendered: ${text}`);
}

const nested = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times);

const hostile: readonly { name: string; text: string; code: AnswerFileErrorCode }[] = [
  { name: 'constructor of a text', text: '{{ name.constructor }}', code: 'undefined-variable' },
  { name: 'constructor by text', text: "{{ name['constr' ~ 'uctor'] }}", code: 'undefined-variable' },
  { name: 'constructor called', text: "{{ name.constructor('return 1')() }}", code: 'unsupported' },
  { name: 'constructor of range', text: '{{ range.constructor("return process")() }}', code: 'unsupported' },
  { name: 'range itself', text: '{{ range }}', code: 'undefined-variable' },
  { name: '__proto__', text: '{{ map.__proto__ }}', code: 'undefined-variable' },
  { name: '__proto__ of the context', text: '{{ __proto__ }}', code: 'undefined-variable' },
  { name: 'constructor as a name', text: '{{ constructor }}', code: 'undefined-variable' },
  { name: 'toString of a map', text: '{{ map.toString }}', code: 'undefined-variable' },
  { name: 'own function', text: '{{ map.fn }}', code: 'undefined-variable' },
  { name: 'own function called', text: '{{ map.fn() }}', code: 'unsupported' },
  { name: 'function in the context', text: '{{ fn }}', code: 'undefined-variable' },
  { name: 'function as an element', text: '{% for f in fns %}{% endfor %}', code: 'bad-value' },
  { name: 'function as a map value', text: '{% for k, v in map %}{% endfor %}', code: 'bad-value' },
  { name: 'first of functions', text: '{{ fns | first }}', code: 'bad-value' },
  { name: 'functions joined', text: '{{ fns | join }}', code: 'bad-value' },
  { name: 'functions as JSON', text: '{{ map | tojson }}', code: 'bad-value' },
  { name: 'method of a list', text: "{{ list.join('') }}", code: 'unsupported' },
  { name: 'class instance', text: '{{ box.inside }}', code: 'undefined-variable' },
  { name: 'Map', text: '{{ table.size }}', code: 'undefined-variable' },
  { name: 'nunjucks globals', text: '{{ cycler }}{{ joiner }}', code: 'undefined-variable' },
  { name: 'filter from Object.prototype', text: '{{ name | toString }}', code: 'unknown-filter' },
  { name: 'filter constructor', text: '{{ name | constructor }}', code: 'unknown-filter' },
  { name: 'filter with a dot', text: '{{ name | upper.constructor }}', code: 'unknown-filter' },
  { name: 'nunjucks filter safe', text: '{{ name | safe }}', code: 'unknown-filter' },
  { name: 'nunjucks filter groupby', text: "{{ list | groupby('constructor') }}", code: 'unknown-filter' },
  { name: 'test from Object.prototype', text: '{{ name is valueOf }}', code: 'unknown-test' },
  { name: 'test with an argument', text: '{{ name is divisibleby(3) }}', code: 'unknown-test' },
  { name: 'keyword arguments', text: '{{ name | indent(width=4) }}', code: 'unsupported' },
  { name: 'regular expression', text: "{{ name | replace(r/a/g, 'b') }}", code: 'unsupported' },
  { name: 'power', text: '{{ 9 ** 9 ** 9 }}', code: 'unsupported' },
  { name: 'map literal', text: '{{ {a: 1} }}', code: 'unsupported' },
  { name: 'macro', text: '{% macro f() %}{% endmacro %}', code: 'unsupported' },
  { name: 'call', text: '{% call f() %}{% endcall %}', code: 'unsupported' },
  { name: 'import', text: "{% import 'bad' as b %}", code: 'unsupported' },
  { name: 'from import', text: "{% from 'bad' import b %}", code: 'unsupported' },
  { name: 'extends', text: "{% extends 'bad' %}", code: 'unsupported' },
  { name: 'block', text: '{% block b %}{% endblock %}', code: 'unsupported' },
  { name: 'switch', text: '{% switch name %}{% case 1 %}{% endswitch %}', code: 'unsupported' },
  { name: 'asyncEach', text: '{% asyncEach x in list %}{% endeach %}', code: 'unsupported' },
  { name: 'include of a file', text: "{% include '/etc/passwd' %}", code: 'include-missing' },
  { name: 'include of a path', text: "{% include '../../../etc/passwd' %}", code: 'include-missing' },
  { name: 'include of a prototype member', text: "{% include '__proto__' %}", code: 'include-missing' },
  { name: 'include of no text', text: '{% include list %}', code: 'bad-value' },
  { name: 'include of itself', text: "{% include 'loop' %}", code: 'include-depth' },
  { name: 'includes of one another', text: "{% include 'ping' %}", code: 'include-depth' },
  { name: 'huge range', text: '{{ range(1000000000) | length }}', code: 'step-limit' },
  { name: 'endless range', text: '{{ range(0, 9, 0) | length }}', code: 'bad-value' },
  { name: 'range without end', text: '{{ range(1 / 0) | length }}', code: 'bad-value' },
  {
    name: 'loops in loops',
    text: '{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}',
    code: 'step-limit',
  },
  {
    name: 'huge output',
    text: `{% for i in range(9999) %}${'x'.repeat(999)}{% endfor %}`,
    code: 'output-size',
  },
  {
    name: 'doubling text',
    text: "{% set s = 'xxxxxxxx' %}{% for i in range(99) %}{% set s = s ~ s %}{% endfor %}",
    code: 'output-size',
  },
  {
    name: 'doubling text by set blocks',
    text: "{% set s = 'xxxxxxxx' %}{% for i in range(99) %}{% set s %}{{ s }}{{ s }}{% endset %}{% endfor %}",
    code: 'output-size',
  },
  {
    name: 'replacement that multiplies',
    text: `{% set s = '${'a'.repeat(9999)}' %}{{ s | replace('a', s) }}`,
    code: 'output-size',
  },
  { name: 'deep parentheses', text: `{{ ${nested('(', ')', 5000)} }}`, code: 'syntax' },
  { name: 'deep groups', text: `{{ ${'('.repeat(200)}1${')'.repeat(200)} }}`, code: 'syntax' },
  { name: 'deep members', text: `{{ map${'.a'.repeat(20_000)} }}`, code: 'syntax' },
  { name: 'deep not', text: `{{ ${'not '.repeat(20_000)} name }}`, code: 'syntax' },
  { name: 'deep if', text: nested('{% if name %}', '{% endif %}', 500), code: 'syntax' },
  {
    name: 'deep elif',
    text: `{% if not name %}${'{% elif not name %}'.repeat(500)}{% endif %}`,
    code: 'syntax',
  },
  { name: 'huge template', text: 'x'.repeat(300_000), code: 'template-size' },
  { name: 'unclosed tag', text: 'a\nb {{ name', code: 'syntax' },
  { name: 'unclosed for', text: '{% for x in list %}', code: 'syntax' },
  { name: 'unclosed comment', text: '<%# comment', code: 'syntax' },
  { name: 'unknown tag', text: '{% frobnicate %}', code: 'syntax' },
  { name: 'secret without the filter', text: '{{ password }}', code: 'secret-exposed' },
  { name: 'secret put together', text: "{{ password ~ '' }}", code: 'secret-exposed' },
  { name: 'secret quoted', text: '{{ password | shellquote }}', code: 'secret-exposed' },
  { name: 'secret upper case', text: '{{ password | upper }}', code: 'secret-exposed' },
  { name: 'secret as JSON', text: '{{ [password] | tojson }}', code: 'secret-exposed' },
  { name: 'secret joined', text: '{{ [password] | join }}', code: 'secret-exposed' },
  { name: 'secret compared', text: "{{ 'x' if password == 'opensesame' }}", code: 'secret-exposed' },
  { name: 'secret looked for', text: "{{ 'x' if 'opensesame' in [password] }}", code: 'secret-exposed' },
  { name: 'secret measured', text: '{{ password | length }}', code: 'bad-value' },
  { name: 'secret taken apart', text: '{{ password.reveal }}', code: 'undefined-variable' },
  { name: 'secret looped over', text: '{% for k, v in password %}{% endfor %}', code: 'bad-value' },
  { name: 'no secret revealed', text: '{{ name | secret }}', code: 'bad-value' },
];

describe('hostile templates', () => {
  test.each(hostile)('$name is refused with $code', ({ text, code }) => {
    const error = failure(text);
    expect(error.code).toBe(code);
    expect(error.template).not.toBe('');
    expect(error.message).not.toContain('opensesame');
  });

  test('a getter of the context is read once, by us, not by the template', () => {
    expect(render('{{ computed }}')).toBe('read by a getter');
  });

  test('a template cannot change the context or a prototype', () => {
    render("{% set name = 'other' %}{% set __proto__ = 'x' %}{% set constructor = 'y' %}");
    expect(context.name).toBe('web001');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(render('{{ name }}')).toBe('web001');
  });

  test('an error in a snippet names the snippet and its line', () => {
    expect(failure("first\nsecond\n{% include 'bad' %}").details).toMatchObject({
      code: 'undefined-variable',
      template: 'bad',
      line: 2,
      message: 'nothing is not defined',
    });
  });
});
