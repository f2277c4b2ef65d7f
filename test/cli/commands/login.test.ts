import { describe, expect, it } from 'vitest';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';

const PATH = '/home/ada/.config/provision/credentials.json';
const URL_A = 'https://a.example.net:8443';
const SHA = 'ab'.repeat(32);
const ada = {
  name: 'ada',
  kind: 'token',
  role: 'operator',
  scope: ['web'],
  expiresAt: '2026-11-23T09:00:00.000Z',
};
const SOON =
  "warning: the token 'ada' expires in 24 h; ask an admin for another one (provision token add NAME), then: provision login URL";
const server: NonNullable<FakeWorld['server']> = { 'GET /api/v1/whoami': { status: 200, body: ada } };

function login(line: string, world: FakeWorld = {}) {
  return runCli(['login', ...line.split(' ')], { server, stdin: 'secret\n', ...world });
}

describe('login', () => {
  it('asks who one is, says it, and keeps the token for its owner only', async () => {
    const result = await login(`${URL_A} --token-stdin`);
    expect(result.requests.map(({ line, headers }) => [line, headers['authorization']])).toEqual([
      ['GET /api/v1/whoami', 'Bearer secret'],
    ]);
    expect(result.stderr).toBe(
      `logged in to ${URL_A} as ada (operator, for systems of the roles web); the token expires in 24 h\nthe login is context a.example.net:8443 in ${PATH}, for you only\n${SOON}\n`,
    );
    const file = result.privateFiles.get(PATH);
    expect(file?.mode).toBe(0o600);
    expect(JSON.parse(file?.text ?? '')).toEqual({
      current: 'a.example.net:8443',
      contexts: { 'a.example.net:8443': { server: URL_A, token: 'secret', name: 'ada' } },
    });
    expect(result.stdout + result.stderr).not.toContain('secret');
  });

  it('pins a certificate that nobody vouches for, after it was looked at', async () => {
    const world = { certificate: { sha256: SHA, isTrusted: false }, stdinTty: true, typed: ['y', 'secret'] };
    const result = await login(`${URL_A} --context lab`, world);
    expect(result.questions).toEqual([
      `${URL_A} shows a certificate that nobody vouches for: sha256:${SHA}\nIs this what the server says of itself? [y/N] `,
      'token: (hidden)',
    ]);
    expect(result.connections).toEqual([{ server: URL_A, token: 'secret', certificate: SHA }]);
    expect(JSON.parse(result.privateFiles.get(PATH)?.text ?? '')).toEqual({
      current: 'lab',
      contexts: { lab: { server: URL_A, token: 'secret', name: 'ada', certificate: SHA } },
    });
    const next = await runCli(['system', 'list'], {
      server: { 'GET /api/v1/systems': { status: 200, body: { items: [] } } },
      privateFiles: Object.fromEntries(result.privateFiles),
    });
    expect(next.connections).toEqual([{ server: URL_A, token: 'secret', certificate: SHA }]);
  });

  it('sends nothing where the answer is no, or nobody can be asked', async () => {
    const certificate = { sha256: SHA, isTrusted: false };
    const no = await login(URL_A, { certificate, stdinTty: true, typed: [''] });
    expect(no).toMatchObject({ code: 1, connections: [], stderr: 'error: not logged in\n' });
    const script = await login(`${URL_A} --token-stdin`, { certificate });
    expect(script).toMatchObject({ code: 1, connections: [] });
    expect(script.stderr).toContain('then add: --fingerprint sha256:…');
  });

  it('takes a fingerprint in the place of the question, and pins it also where the certificate is trusted', async () => {
    const colons = SHA.toUpperCase().replace(/(..)(?!$)/g, '$1:');
    const good = await login(`${URL_A} --token-stdin --fingerprint sha256:${colons}`, {
      certificate: { sha256: SHA, isTrusted: true },
    });
    expect(good.connections).toEqual([{ server: URL_A, token: 'secret', certificate: SHA }]);
    const bad = await login(`${URL_A} --token-stdin --fingerprint sha256:${SHA}`);
    expect(bad).toMatchObject({ code: 1, connections: [] });
    expect(bad.stderr).toContain('not the one that was named');
  });

  it.each<[string, NonNullable<FakeWorld['server']>, number, string]>([
    [
      'an expired token',
      {
        'GET /api/v1/whoami': {
          status: 401,
          body: {
            title: 'x',
            status: 401,
            code: 'unauthenticated',
            detail: "token 'ada' expired at 2026-11-01",
          },
        },
      },
      6,
      "error: token 'ada' expired at 2026-11-01\nnext: log in with: provision login URL",
    ],
    [
      'an older server',
      {
        'GET /api/v1/whoami': {
          status: 404,
          body: { title: 'x', status: 404, code: 'no-such-route', detail: 'no' },
        },
        'GET /api/v1/status': { status: 200, body: { version: '0.0.9', listeners: [] } },
      },
      1,
      'the server is provisiond 0.0.9, which is older than this command (1.2.3) needs',
    ],
    [
      'another program',
      { 'GET /api/v1/whoami': { status: 200, body: 'hello' } },
      1,
      "the answer is not the API's",
    ],
    ['nobody', { 'GET /api/v1/whoami': 'unreachable' }, 7, 'nobody listens there'],
  ])('is refused by %s, and nothing is saved', async (_name, answers, code, words) => {
    const result = await login(`${URL_A} --token-stdin`, { server: answers });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(words);
    expect(result.privateFiles.size).toBe(0);
  });

  it.each([
    ['unix:/x', 'over the unix socket no login is needed'],
    [`${URL_A} --fingerprint abc`, "'abc' is not a SHA-256 fingerprint"],
    [`http://127.0.0.1:8080 --token-stdin --fingerprint ${SHA}`, 'http:// has none'],
    [URL_A, 'no token was named'],
    [`${URL_A} --token-stdin --token-file f`, 'exclude each other'],
    [`${URL_A} --context a,b`, "'a,b' is not a name of a context"],
  ])('wants a line that makes sense: %s', async (line, words) => {
    const result = await login(line);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(words);
  });
});

describe('whoami', () => {
  const whoami = (who: object) =>
    runCli(['whoami'], { server: { 'GET /api/v1/whoami': { status: 200, body: { ...ada, ...who } } } });

  it('says who one is, and until when', async () => {
    const { stdout, stderr, code } = await whoami({});
    expect(stdout).toContain('expiresAt\t2026-11-23T09:00:00.000Z');
    expect({ stderr, code }).toEqual({ stderr: `${SOON}\n`, code: 0 });
  });

  it.each([
    ['a token that lasts for more than a week', { expiresAt: '2026-11-29T09:00:01.000Z' }],
    ['one that never ends', { expiresAt: null }],
    ['a session, which is short on purpose', { kind: 'user' }],
    ['an older server, which does not say', { expiresAt: undefined }],
  ])('warns not of %s', async (_what, who) => {
    expect((await whoami(who)).stderr).toBe('');
  });
});

describe('contexts', () => {
  const privateFiles = {
    [PATH]: {
      text: JSON.stringify({
        current: 'a',
        contexts: {
          a: { server: URL_A, token: 'token-a', name: 'ada', certificate: SHA },
          b: { server: 'https://b', token: 'token-b', name: 'ben' },
        },
      }),
      mode: 0o600,
    },
  };
  const savedAfter = async (line: string) => {
    const result = await runCli(line.split(' '), { privateFiles });
    expect(result.code).toBe(0);
    return JSON.parse(result.privateFiles.get(PATH)?.text ?? '') as { current: string; contexts: object };
  };

  it('are listed without their tokens', async () => {
    const rows = await runCli(['context', 'list'], { privateFiles });
    expect(rows.stdout).toBe(`a\tyes\t${URL_A}\tada\tsha256:${SHA}\nb\t\thttps://b\tben\t\n`);
    const json = await runCli(['context', 'list', '--json'], { privateFiles });
    expect(json.stdout).not.toContain('token');
  });

  it('are changed, removed and left', async () => {
    expect((await savedAfter('context use b')).current).toBe('b');
    expect(await savedAfter('context remove b')).toMatchObject({ current: 'a', contexts: { a: {} } });
    expect(Object.keys((await savedAfter('context remove b')).contexts)).toEqual(['a']);
    expect(await savedAfter('logout')).toEqual({ current: null, contexts: { b: expect.anything() } });
    expect(await savedAfter('logout --context b')).toMatchObject({ current: 'a' });
  });

  it('that are not there are named', async () => {
    for (const line of ['context use c', 'context remove c', 'logout --context c']) {
      const result = await runCli(line.split(' '), { privateFiles });
      expect(result).toMatchObject({ code: 1 });
      expect(result.stderr).toContain("there is no context 'c'\nnext: there are: a, b");
    }
    expect((await runCli(['logout'])).stderr).toContain('nobody is logged in');
  });
});
