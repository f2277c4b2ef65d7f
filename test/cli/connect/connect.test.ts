import { describe, expect, it } from 'vitest';
import { apiSystem } from '../../support/api-records.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';

const PATH = '/home/ada/.config/provision/credentials.json';
const URL_A = 'https://a.example.net';
const SHA = 'ab'.repeat(32);

function saved(mode = 0o600, text?: string): NonNullable<FakeWorld['privateFiles']> {
  const logins = {
    current: 'a',
    contexts: {
      other: { server: URL_A, token: 'token-other', name: 'ben' },
      a: { server: URL_A, token: 'token-a', name: 'ada' },
      lab: { server: 'http://127.0.0.1:8080', token: 'token-l', name: 'x' },
    },
  };
  return { [PATH]: { text: text ?? JSON.stringify(logins), mode } };
}

async function connection(argv: readonly string[], world: FakeWorld) {
  const server = { 'GET /api/v1/systems/w': { status: 200, body: apiSystem() } };
  const result = await runCli(['system', 'show', 'w', ...argv], { server, ...world });
  return { ...result.connections[0], stderr: result.stderr, code: result.code };
}

describe('which server, and which token', () => {
  it.each<[string, readonly string[], FakeWorld, string, string | undefined]>([
    ['nothing: the socket in ./data', [], {}, 'unix:/srv/lab/data/provision.sock', undefined],
    ['the saved login', [], { privateFiles: saved() }, URL_A, 'token-a'],
    [
      'the environment before the saved login',
      [],
      { privateFiles: saved(), env: { PROVISION_SERVER: 'http://127.0.0.1:8080' } },
      'http://127.0.0.1:8080',
      'token-l',
    ],
    ['a context by its name', ['--context', 'other'], { privateFiles: saved() }, URL_A, 'token-other'],
    [
      'a context by the environment',
      [],
      { privateFiles: saved(), env: { PROVISION_CONTEXT: 'lab' } },
      'http://127.0.0.1:8080',
      'token-l',
    ],
    [
      'a context before the server of the environment',
      ['--context', 'lab'],
      { privateFiles: saved(), env: { PROVISION_SERVER: 'https://b.example.net' } },
      'http://127.0.0.1:8080',
      'token-l',
    ],
    [
      'the first form of the file, which had no contexts',
      [],
      {
        privateFiles: {
          [PATH]: {
            text: JSON.stringify({ current: URL_A, servers: { [URL_A]: { token: 'token-1', name: 'x' } } }),
            mode: 0o600,
          },
        },
      },
      URL_A,
      'token-1',
    ],
    [
      'the flag before the environment',
      ['--server', 'unix:run/p.sock'],
      { env: { PROVISION_SERVER: 'http://127.0.0.1:8080' } },
      'unix:/srv/lab/run/p.sock',
      undefined,
    ],
    [
      'a slash at the end is the same server',
      ['--server', `${URL_A}/`],
      { privateFiles: saved() },
      URL_A,
      'token-a',
    ],
    [
      'no token for a server without a login',
      ['--server', 'https://b.example.net'],
      { privateFiles: saved() },
      'https://b.example.net',
      undefined,
    ],
    [
      'the token of the environment',
      [],
      { privateFiles: saved(), env: { PROVISION_TOKEN: 'e\n' } },
      URL_A,
      'e',
    ],
    [
      'the token of a file',
      ['--token-file', '/run/token'],
      { privateFiles: saved(), files: { '/run/token': 'f\n' }, env: { PROVISION_TOKEN: 'e' } },
      URL_A,
      'f',
    ],
    [
      'no token to a socket',
      [],
      { env: { PROVISION_TOKEN: 'e' } },
      'unix:/srv/lab/data/provision.sock',
      undefined,
    ],
    [
      '$XDG_CONFIG_HOME',
      [],
      {
        env: { XDG_CONFIG_HOME: '/xdg' },
        privateFiles: {
          '/xdg/provision/credentials.json': {
            text: JSON.stringify({ current: 'x', contexts: { x: { server: URL_A, token: 't', name: 'n' } } }),
            mode: 0o600,
          },
        },
      },
      URL_A,
      't',
    ],
    [
      'a relative $XDG_CONFIG_HOME is ignored',
      [],
      { env: { XDG_CONFIG_HOME: 'x' }, privateFiles: saved() },
      URL_A,
      'token-a',
    ],
    ['no home at all', [], { env: { HOME: '' } }, 'unix:/srv/lab/data/provision.sock', undefined],
  ])('%s', async (_name, argv, world, server, token) => {
    expect(await connection(argv, world)).toEqual({ server, token, stderr: '', code: 0 });
  });

  it.each([0o640, 0o604, 0o660, 0o620])(
    'refuses saved logins that others may open: mode %o',
    async (mode) => {
      const result = await connection([], { privateFiles: saved(mode) });
      expect(result.code).toBe(1);
      expect(result.server).toBeUndefined();
      expect(result.stderr).toBe(
        `error: ${PATH} holds tokens and is open to others (mode 0${mode.toString(8)})\nnext: chmod 600 ${PATH}\n`,
      );
    },
  );

  it('refuses a context that is not there, and a server beside a context', async () => {
    const unknown = await connection(['--context', 'c'], { privateFiles: saved() });
    expect(unknown.stderr).toBe(
      "error: there is no context 'c'\nnext: there are: other, a, lab; or log in with: provision login URL\n",
    );
    const both = await connection(['--context', 'a', '--server', URL_A], { privateFiles: saved() });
    expect(both.code).toBe(2);
  });

  it('does not look at saved logins where none is needed', async () => {
    const result = await connection(['--server', 'unix:/x'], { privateFiles: saved(0o644) });
    expect(result).toMatchObject({ code: 0, server: 'unix:/x' });
  });

  it('refuses a file that is none of ours, and an empty token file', async () => {
    expect((await connection([], { privateFiles: saved(0o600, '{"current": 5}') })).stderr).toContain(
      'is not a file of saved logins',
    );
    const empty = await connection(['--token-file', '/t'], { files: { '/t': ' \n' } });
    expect(empty.stderr).toBe('error: /t holds no token\n');
  });

  it('warns when a token would travel in the clear', async () => {
    const env = { PROVISION_TOKEN: 'e' };
    const remote = await connection(['--server', 'http://10.0.0.5:8080'], { env });
    expect(remote.stderr).toBe(
      'warning: the token goes to http://10.0.0.5:8080 unencrypted; use https:// there\n',
    );
    for (const url of [
      'http://127.0.0.1:8080',
      'http://localhost',
      'http://[::1]:8080',
      'https://10.0.0.5',
    ]) {
      expect((await connection(['--server', url], { env })).stderr).toBe('');
    }
  });

  it.each([
    ['10.0.0.5:8080', "'10.0.0.5:8080' is not a server"],
    ['ftp://x', "'ftp://x' is not a server"],
    ['unix:', "'unix:' names no socket"],
    ['http://ada:secret@h', 'a server URL carries no name or password'],
    ['http://h/?token=1', "'http://h/?token=1' has a query or fragment"],
  ])('refuses --server %s', async (text, message) => {
    const result = await connection(['--server', text], {});
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`error: ${message}\nnext: `);
  });
});

describe('setup', () => {
  const server = { 'POST /api/v1/setup': { status: 201, body: { token: 'api-token', name: 'ada' } } };
  const argv = ['setup', '--server', 'http://127.0.0.1:8080', '--name', 'ada'];

  it('changes the piped setup token for an API token, and keeps that for its owner only', async () => {
    const result = await runCli(argv, { server, stdin: 'one-time\n' });
    expect(result.requests.map(({ line, body }) => [line, body])).toEqual([
      ['POST /api/v1/setup', { token: 'one-time', name: 'ada' }],
    ]);
    expect(result.connections).toEqual([{ server: 'http://127.0.0.1:8080', token: undefined }]);
    const file = result.privateFiles.get(PATH);
    expect(file?.mode).toBe(0o600);
    expect(JSON.parse(file?.text ?? '')).toEqual({
      current: '127.0.0.1:8080',
      contexts: {
        '127.0.0.1:8080': { server: 'http://127.0.0.1:8080', token: 'api-token', name: 'ada' },
      },
    });
    expect(result.stdout).toBe('');
    expect(result.stderr).toBe(
      `logged in to http://127.0.0.1:8080 as ada; the token is in ${PATH}, for you only\nnext: provision status\n`,
    );
  });

  const https = ['setup', '--server', URL_A, '--name', 'ada'];
  const certificate = { sha256: SHA, isTrusted: false };

  it('pins a certificate that nobody vouches for, by its fingerprint or after it was looked at', async () => {
    const named = { certificate, stdin: 'one-time\n', server };
    const asked = { certificate, stdinTty: true, typed: ['y', 'one-time'], server };
    for (const result of [
      await runCli([...https, '--fingerprint', `sha256:${SHA}`], named),
      await runCli(https, asked),
    ]) {
      expect(result.connections).toEqual([{ server: URL_A, token: undefined, certificate: SHA }]);
      const { contexts, current } = JSON.parse(result.privateFiles.get(PATH)?.text ?? '');
      expect(contexts[current]).toEqual({
        server: URL_A,
        token: 'api-token',
        name: 'ada',
        certificate: SHA,
      });
    }
  });

  it('sends nothing to a certificate that nobody vouches for and nobody has looked at', async () => {
    const result = await runCli(https, { certificate, stdin: 'one-time\n', server });
    expect(result).toMatchObject({ code: 1, requests: [] });
    expect(result.stderr).toContain('--fingerprint sha256:');
  });

  it('asks for it without echo on a terminal, and keeps other logins', async () => {
    const world = { server, stdinTty: true, typed: ['one-time'], privateFiles: saved() };
    const result = await runCli([...argv, '--json'], world);
    expect(result.questions).toEqual(['setup token: (hidden)']);
    const logins = JSON.parse(result.privateFiles.get(PATH)?.text ?? '');
    expect(logins.contexts.a).toEqual({ server: URL_A, token: 'token-a', name: 'ada' });
    expect(JSON.parse(result.stdout)).toEqual({
      server: 'http://127.0.0.1:8080',
      name: 'ada',
      savedIn: PATH,
    });
  });

  it('spends nothing when the token could not be kept, is missing, or is not needed', async () => {
    for (const world of [{ privateFiles: saved(0o644) }, { env: { HOME: '' } }, { stdin: ' ' }]) {
      const result = await runCli(argv, { server, stdin: 'one-time', ...world });
      expect(result.code).not.toBe(0);
      expect(result.requests).toEqual([]);
    }
    const local = await runCli(['setup'], { server, stdin: 'one-time' });
    expect(local).toMatchObject({ code: 2, requests: [] });
  });

  it('shows no token anywhere', async () => {
    for (const more of [[], ['--json']]) {
      const result = await runCli([...argv, ...more], { server, stdin: 'one-time' });
      expect(result.stdout + result.stderr).not.toMatch(/api-token|one-time/);
    }
  });
});
