import { describe, expect, it } from 'vitest';
import { apiSystem } from '../support/api-records.ts';
import { runCli } from '../support/fake-cli.ts';

/** What scripts rely on: each kind of end, by the command that meets it. */
describe('exit codes', () => {
  const problem = (status: number, code?: string) => ({
    status,
    body: { title: 'no', status, detail: 'no', ...(code === undefined ? {} : { code }) },
  });
  it.each([
    ['done', { status: 200, body: apiSystem() }, 0],
    ['not-found', problem(404, 'not-found'), 3],
    ['a 404 without code', problem(404), 3],
    ['a path that the server does not know', problem(404, 'no-such-route'), 1],
    ['address-taken', problem(409, 'address-taken'), 4],
    ['name-taken', problem(409, 'name-taken'), 4],
    ['in-use', problem(409, 'in-use'), 4],
    ['stale-revision', problem(409, 'stale-revision'), 4],
    ['wrong-state', problem(409, 'wrong-state'), 4],
    ['no-free-address', problem(409, 'no-free-address'), 4],
    ['a conflict of a later version', problem(409, 'of-later'), 4],
    ['invalid', problem(422, 'invalid'), 5],
    ['not-ready', problem(422, 'not-ready'), 5],
    ['a bad request', problem(400, 'bad-request'), 5],
    ['unauthenticated', problem(401, 'unauthenticated'), 6],
    ['not-permitted', problem(403, 'not-permitted'), 6],
    ['storage', problem(503, 'storage'), 1],
    ['an own failure of the server', problem(500, 'internal'), 1],
    ['a code that is a property of every object', problem(500, 'toString'), 1],
    ['no answer', 'unreachable', 7],
    ['an answer that is not the API', { status: 200, body: ['hello'] }, 1],
    ['an error that is not the API', { status: 502, body: 'Bad Gateway' }, 1],
    ['a redirect', { status: 302, body: { title: 'x', status: 302 } }, 1],
  ] as const)('%s', async (_name, answer, code) => {
    const server = { 'GET /api/v1/systems/web001': answer };
    const result = await runCli(['system', 'show', 'web001'], { server });
    expect(result.code).toBe(code);
    expect(result.stderr === '').toBe(code === 0);
    const json = await runCli(['system', 'show', 'web001', '--json'], { server });
    expect(json.code).toBe(code);
    if (code !== 0) expect(JSON.parse(json.stderr)).toHaveProperty('detail');
  });

  it('is 2 for usage and 1 for a "no" at the question', async () => {
    expect((await runCli(['system', 'shw', 'web001'])).code).toBe(2);
    const no = await runCli(['system', 'remove', 'web001'], {
      stdinTty: true,
      stdoutTty: true,
      typed: ['n'],
    });
    expect(no.code).toBe(1);
  });
});

describe('what errors say to do next', () => {
  const show = ['system', 'show', 'web001'];
  const answer = (status: number, body: object) => ({
    server: { 'GET /api/v1/systems/web001': { status, body: { title: 'no', status, ...body } } },
  });

  it.each([
    [
      'log in',
      answer(401, { detail: 'a token is needed' }),
      'error: a token is needed\nnext: log in with: provision login URL, or give a token with --token-file or $PROVISION_TOKEN\n',
    ],
    [
      'list what is there',
      answer(404, { detail: "there is no system named 'web001'" }),
      "error: there is no system named 'web001'\nnext: list them with: provision system list\n",
    ],
    [
      "the server's hint, where there is one",
      answer(404, { detail: 'gone', hint: 'look elsewhere' }),
      'error: gone\nnext: look elsewhere\n',
    ],
    [
      'a holder is shown once',
      answer(409, {
        detail: 'taken',
        hint: 'look at it with: provision system show b',
        conflict: { value: 'b', kind: 'name', holder: 'system b', command: 'provision system show b' },
      }),
      'error: taken\n  name b is held by system b\nnext: look at it with: provision system show b\n',
    ],
    [
      'a holder that the first line names is not named again',
      answer(409, {
        code: 'address-taken',
        detail: 'ip 10.0.0.1 is taken: system b, interface eth0',
        hint: 'look at it with: provision system show b',
        problems: [{ path: 'interfaces.0.ip', message: '10.0.0.1 is taken: system b' }],
        conflict: {
          value: '10.0.0.1',
          kind: 'ip',
          holder: 'system b',
          interface: 'eth0',
          command: 'provision system show b',
        },
      }),
      'error: ip 10.0.0.1 is taken: system b, interface eth0\nnext: look at it with: provision system show b\n',
    ],
    [
      'every conflict is named where there are several',
      answer(409, {
        code: 'address-taken',
        detail: 'ip 10.0.0.1 is taken: system b (and 1 more)',
        problems: [
          { path: 'interfaces.0.ip', message: '10.0.0.1 is taken: system b' },
          { path: 'interfaces.0.mac', message: 'the MAC is taken: system c' },
        ],
      }),
      'error: ip 10.0.0.1 is taken: system b (and 1 more)\n  interfaces.0.ip: 10.0.0.1 is taken: system b\n  interfaces.0.mac: the MAC is taken: system c\n',
    ],
    [
      'escape sequences are shown, not obeyed',
      answer(404, { detail: 'no \u001b[31msystem', hint: 'x' }),
      'error: no \\u{1b}[31msystem\nnext: x\n',
    ],
  ])('%s', async (_name, world, stderr) => {
    expect((await runCli(show, world)).stderr).toBe(stderr);
  });

  it('names what answered when it was not the API', async () => {
    const result = await runCli(show, {
      server: { 'GET /api/v1/systems/web001': { status: 502, body: 'x' } },
    });
    expect(result.stderr).toContain(
      "error: the answer is not the API's: status 502, application/problem+json",
    );
    expect(result.stderr).toContain('next: check the server');
  });
});
