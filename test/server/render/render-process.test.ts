import { afterEach, describe, expect, test } from 'vitest';
import {
  createRenderer,
  type Renderer,
  type RendererOptions,
} from '../../../server/render/render-process.ts';
import { AnswerFileError } from '../../../src/answer-file/error.ts';
import { DEFAULT_LIMITS } from '../../../src/answer-file/limits.ts';
import { Secret } from '../../../src/domain/access/secret.ts';

const BIG = "{% set s = 'xxxxxxxx' %}{% for i in range(16) %}{% set s = s ~ s %}{% endfor %}";
/** Half a megabyte taken apart and put together again, some ten thousand times: many seconds within all limits. */
const SLOW = `${BIG}{% for i in range(9999) %}{% set t = s | replace('x', 'y') | upper | lower %}{% endfor %}`;
/** Keeps a new half megabyte each time round. */
const GREEDY = `${BIG}{% set kept = [] %}{% for i in range(9999) %}{% set kept = [kept, (s ~ i) | base64] %}{% endfor %}`;

const running: Renderer[] = [];

function start(options: RendererOptions = {}): Renderer {
  const renderer = createRenderer(options);
  running.push(renderer);
  return renderer;
}

function render(renderer: Renderer, text: string, context: object = {}, snippets: [string, string][] = []) {
  return renderer.render({
    template: { name: 'test.ks', text },
    snippets: new Map(snippets),
    context,
    mode: 'serve',
  });
}

async function failure(rendering: Promise<unknown>): Promise<AnswerFileError> {
  const error: unknown = await rendering.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AnswerFileError);
  return error as AnswerFileError;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((renderer) => renderer.stop()));
});

describe('createRenderer', () => {
  test('renders with snippets and secrets in their places', async () => {
    const context = {
      name: 'web001',
      deep: { list: ['a', new Secret('s3cret')] },
      vars: { $secret: 'forged', secrets: 'forged' },
    };
    const text = "{{ name }} {{ deep.list[1] | secret }} {{ vars['$secret'] }} {% include 'a.sh' %}";
    const rendered = await render(start(), text, context, [['a.sh', 'from {{ name }}']]);
    expect(rendered.text).toBe('web001 s3cret forged from web001');
    expect(rendered.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(context.deep.list[1]).toBeInstanceOf(Secret);
  });

  test('a secret is still a secret on the other side', async () => {
    const error = await failure(render(start(), 'x\n{{ key }}', { key: new Secret('s3cret') }));
    expect(error.details).toMatchObject({ code: 'secret-exposed', template: 'test.ks', line: 2 });
    expect(JSON.stringify(error.details)).not.toContain('s3cret');
  });

  test('a template that takes too long is killed, and the next one is served', async () => {
    const renderer = start({ timeoutMs: 1500 });
    const slow = failure(render(renderer, SLOW));
    const next = render(renderer, '{{ 1 + 1 }}');
    expect(await slow).toMatchObject({ code: 'template-timeout', template: 'test.ks' });
    expect((await next).text).toBe('2');
  });

  test('a template that takes too much memory is killed, and the next one is served', async () => {
    const renderer = start({ memoryMb: 32, timeoutMs: 20_000 });
    const greedy = failure(render(renderer, GREEDY));
    const next = render(renderer, 'next');
    expect(await greedy).toMatchObject({ code: 'template-memory', template: 'test.ks' });
    expect((await next).text).toBe('next');
  });

  test('many renderings at once each get their own answer', async () => {
    const renderer = start();
    const names = Array.from({ length: 50 }, (_, index) => `web${index}`);
    const rendered = await Promise.all(names.map((name) => render(renderer, '{{ name }}', { name })));
    expect(rendered.map(({ text }) => text)).toEqual(names);
  });

  test('an edited template is not taken from the cache', async () => {
    const renderer = start();
    expect((await render(renderer, 'one')).text).toBe('one');
    expect((await render(renderer, 'two')).text).toBe('two');
    expect((await render(renderer, "{% include 'x' %}", {}, [['x', 'one']])).text).toBe('one');
    expect((await render(renderer, "{% include 'x' %}", {}, [['x', 'two']])).text).toBe('two');
  });

  test('limits are the ones that were asked for', async () => {
    const renderer = start({ limits: { ...DEFAULT_LIMITS, steps: 5 } });
    const error = await failure(render(renderer, '{{ 1 + 2 + 3 + 4 + 5 }}'));
    expect(error.code).toBe('step-limit');
  });

  test('more waiting than the queue holds is refused', async () => {
    const renderer = start({ queueLength: 2 });
    const all = await Promise.allSettled([1, 2, 3, 4].map((n) => render(renderer, `${n}`)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: { code: 'renderer-busy' } });
  });

  test('stop rejects what is waiting, and everything after', async () => {
    const renderer = start();
    const waiting = [failure(render(renderer, SLOW)), failure(render(renderer, 'b'))];
    await renderer.stop();
    expect((await Promise.all(waiting)).map(({ code }) => code)).toEqual([
      'renderer-stopped',
      'renderer-stopped',
    ]);
    expect((await failure(render(renderer, 'c'))).code).toBe('renderer-stopped');
    await renderer.stop();
  });
});
