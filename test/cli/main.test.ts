import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatServerAddress } from '../../src/cli/connect/server-address.ts';
import { apiSystem } from '../support/api-records.ts';
import { type ApiServer, type Received, startApiServer } from '../support/api-server.ts';
import { PROVISION_COMMAND } from '../support/build.ts';

/** The built program as a process of its own: streams, exit codes and files are the real ones. */
describe('the provision program', () => {
  let home: string;
  let server: ApiServer;
  let answer: (request: Received, response: ServerResponse) => void;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'provision-home-'));
    server = await startApiServer('tcp', (request, response) => answer(request, response));
  });
  afterEach(async () => {
    await server.stop();
    rmSync(home, { recursive: true });
  });

  const json = (status: number, body: unknown) => {
    answer = (_request, response) => response.writeHead(status).end(JSON.stringify(body));
  };

  /** `stopReadingAfter`: closes the reading end of stdout after so many bytes, as `head` does. */
  async function provision(
    argv: readonly string[],
    options: { stdin?: string | Buffer; stopReadingAfter?: number } = {},
  ) {
    const child = spawn(process.execPath, [PROVISION_COMMAND, ...argv], {
      env: { HOME: home, USER: 'Ada', PROVISION_SERVER: formatServerAddress(server.address) },
      cwd: home,
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      text.stdout += chunk.toString('utf8');
      if (text.stdout.length > (options.stopReadingAfter ?? Number.POSITIVE_INFINITY)) child.stdout.destroy();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      text.stderr += chunk.toString('utf8');
    });
    child.stdin.end(options.stdin ?? '');
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, ...text };
  }

  it('says its version, the one of package.json', async () => {
    const manifest = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
    expect(await provision(['--version'])).toEqual({
      code: 0,
      stdout: `${(JSON.parse(manifest) as { version: string }).version}\n`,
      stderr: '',
    });
  });

  it('writes a long list to a pipe to its end, and ends quietly when the reader has seen enough', async () => {
    const items = Array.from({ length: 4_000 }, (_, index) => apiSystem({ name: `web${index}` }));
    json(200, { items });
    const whole = await provision(['system', 'list']);
    expect(whole.code).toBe(0);
    expect(whole.stdout.trimEnd().split('\n')).toHaveLength(items.length);
    expect(await provision(['system', 'list'], { stopReadingAfter: 100 })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('logs in with the token of a pipe, and uses the login from then on', async () => {
    json(201, { token: 'api-token' });
    const setup = await provision(['setup'], { stdin: 'one-time\n' });
    expect(setup).toMatchObject({ code: 0, stdout: '' });
    expect(server.received[0]?.body).toBe('{"token":"one-time","name":"ada"}');
    expect(statSync(join(home, '.config/provision/credentials.json')).mode & 0o777).toBe(0o600);
    json(404, { title: 'not-found', status: 404, code: 'not-found', detail: 'there is none' });
    const show = await provision(['system', 'show', 'web001']);
    expect(show).toMatchObject({ code: 3, stdout: '' });
    expect(server.received[1]?.headers.authorization).toBe('Bearer api-token');
  });

  it('ends with 7 and the place where the socket was expected', async () => {
    const result = await provision(['status', '--server', 'unix:data/provision.sock']);
    expect(result).toMatchObject({ code: 7, stdout: '' });
    expect(result.stderr).toContain(
      `no answer from unix:${join(home, 'data/provision.sock')}: there is no such socket`,
    );
  });

  it('says that its output cannot be written', async () => {
    json(200, { items: [apiSystem({ name: 'web001' })], next: null, total: 1 });
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [PROVISION_COMMAND, 'system', 'list'], {
      env: { HOME: home, PROVISION_SERVER: formatServerAddress(server.address) },
      stdio: ['ignore', full, 'pipe'],
    });
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      words += chunk.toString('utf8');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    closeSync(full);
    expect({ code, words }).toEqual({ code: 1, words: 'error: the output cannot be written (ENOSPC)\n' });
  });

  it('refuses a table that is no UTF-8, as spreadsheets save it, by its file and on stdin', async () => {
    const table = Buffer.from('name,profile,mac,comment\nw,p,52:54:00:00:00:01,Zo\xeb\n', 'latin1');
    writeFileSync(join(home, 'rack.csv'), table);
    const ofFile = await provision(['system', 'add', '--csv', 'rack.csv']);
    expect(ofFile).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('rack.csv is not UTF-8\nnext: save'),
    });
    const ofStdin = await provision(['system', 'add', '--csv', '-'], { stdin: table });
    expect(ofStdin).toMatchObject({ code: 1, stderr: expect.stringContaining('stdin is not UTF-8') });
  });

  it('names a file that it cannot read', async () => {
    const result = await provision(['status', '--token-file', 'missing']);
    expect(result).toEqual({ code: 1, stdout: '', stderr: 'error: cannot read missing (ENOENT)\n' });
  });
});
