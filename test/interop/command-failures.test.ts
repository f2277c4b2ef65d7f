import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL } from '../../src/services/deps.ts';
import { startApiServer } from '../support/api-server.ts';
import { PROVISION_COMMAND } from '../support/build.ts';
import { makeToken } from '../support/callers.ts';
import { freePorts } from '../support/free-ports.ts';
import type { Finished } from '../support/namespaces.ts';
import { makeCertificate } from '../support/redfish-sim/certificate.ts';
import { openServiceWorld, type ServiceWorld } from '../support/service-world.ts';

/** What one reads when it is not the record that is wrong, by the program itself over a real connection. */
describe('provision system list', { timeout: 60_000 }, () => {
  let world: ServiceWorld;
  let url: string;
  let home: string;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    world = await openServiceWorld();
    url = await world.tcp.listen({ host: '127.0.0.1', port: 0 });
    home = mkdtempSync(join(tmpdir(), 'provision-home-'));
  });
  afterAll(async () => {
    for (const close of closers) await close();
    await world.dispose();
    rmSync(home, { recursive: true });
  });

  const provision = (server: string, token: string, ...line: readonly string[]) =>
    new Promise<Finished>((resolve) => {
      const env = { PATH: process.env['PATH'], HOME: home, PROVISION_SERVER: server, PROVISION_TOKEN: token };
      const words = line.length === 0 ? ['system', 'list'] : line;
      const done = (error: Error | null, stdout: string, stderr: string) =>
        resolve({ code: error === null ? 0 : Number((error as { code?: number }).code), stdout, stderr });
      execFile(process.execPath, [PROVISION_COMMAND, ...words], { env }, done);
    });

  it('is answered with a token that is good', async () => {
    expect(await provision(url, await makeToken(world, 'good', 'viewer'))).toMatchObject({ code: 0 });
  });

  it('says that the token has expired, when, and what to do', async () => {
    const token = await makeToken(world, 'short', 'viewer', null, 5);
    const before = world.nowMs;
    world.nowMs += 6 * 60_000;
    const { code, stderr } = await provision(url, token);
    expect(code).toBe(6);
    expect(stderr).toContain(`error: token 'short' expired at ${new Date(before + 300_000).toISOString()}\n`);
    expect(stderr).toContain(
      'next: ask an admin for another one (provision token add NAME --role …), then: provision login URL',
    );
  });

  it('says that the token may have been revoked', async () => {
    const token = await makeToken(world, 'gone', 'viewer');
    await world.access.tokens.revoke('gone', LOCAL).catch(() => undefined);
    const { code, stderr } = await provision(url, token);
    expect(code).toBe(6);
    expect(stderr).toContain('error: this token is not known; it may have been revoked\nnext: ask an admin');
  });

  it('says that a token is needed, and how to log in', async () => {
    const { code, stderr } = await provision(url, '');
    expect(code).toBe(6);
    expect(stderr).toContain('error: a token is needed\nnext: log in with: provision login URL');
  });

  it('says that the role does not allow it', async () => {
    const token = await makeToken(world, 'looker', 'viewer');
    const { code, stderr } = await provision(url, token, 'token', 'list');
    expect(code).toBe(6);
    expect(stderr).toContain(
      'error: this takes the role admin; looker has the role viewer\nnext: ask an admin',
    );
  });

  it('says that nobody listens there', async () => {
    const [port = 0] = await freePorts(1);
    const { code, stderr } = await provision(`http://127.0.0.1:${port}`, 'x');
    expect(code).toBe(7);
    expect(stderr).toContain(
      `error: no answer from http://127.0.0.1:${port}: nobody listens there (ECONNREFUSED)\n`,
    );
    expect(stderr).toContain('next: start it there with: provisiond, or name another: --server URL');
  });

  it('says that there is no socket of a service', async () => {
    const { code, stderr } = await provision(`unix:${home}/none.sock`, '');
    expect(code).toBe(7);
    expect(stderr).toContain('there is no such socket (ENOENT)\nnext: start it with: provisiond');
  });

  it('says both versions where the server is another one', async () => {
    const old = await startApiServer('tcp', ({ url: path }, response) => {
      const isStatus = path === '/api/v1/status';
      const problem = {
        title: 'x',
        status: 404,
        code: 'no-such-route',
        detail: `there is nothing at ${path}`,
      };
      response.writeHead(isStatus ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isStatus ? { version: '0.0.1', listeners: [] } : problem));
    });
    closers.push(old.stop);
    if (old.address.kind !== 'url') throw new Error('not by TCP');
    const { code, stderr } = await provision(old.address.url, 'x');
    expect(code).toBe(1);
    expect(stderr).toMatch(/the server is provisiond 0\.0\.1, this command is \d/);
    expect(stderr).toContain(
      'next: server and command differ in version: compare provision status with --version',
    );
  });

  it('says that another program answers', async () => {
    const other = await startApiServer('tcp', (_request, response) => response.end('<html>It works!</html>'));
    closers.push(other.stop);
    if (other.address.kind !== 'url') throw new Error('not by TCP');
    const { code, stderr } = await provision(other.address.url, 'x');
    expect(code).toBe(1);
    expect(stderr).toContain("error: the answer is not the API's");
  });

  it('says that the certificate is another one than at login, and sends nothing', async () => {
    const [now, then] = ['one', 'two'].map((name) => makeCertificate({ name }));
    if (now === undefined || then === undefined) throw new Error('no certificates');
    let heard = 0;
    const server = createServer({ key: now.key, cert: now.cert }, () => {
      heard += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const at = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const untrusted = await provision(at, 'x');
    expect(untrusted.code).toBe(7);
    expect(untrusted.stderr).toContain('its certificate is not trusted');
    expect(untrusted.stderr).toContain(
      'next: log in, which shows its fingerprint and pins it: provision login URL',
    );
    const login = { server: at, token: 'x', name: 'ada', certificate: then.fingerprint };
    const folder = join(home, '.config/provision');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ current: 'lab', contexts: { lab: login } });
    writeFileSync(join(folder, 'credentials.json'), text, { mode: 0o600 });
    const changed = await provision(at, '');
    expect(changed.code).toBe(7);
    expect(changed.stderr).toContain(`its certificate is another one (it shows sha256:${now.fingerprint}`);
    expect(changed.stderr).toContain('if not, somebody is in between');
    expect(heard).toBe(0);
  });
});
