import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROVISION_COMMAND } from '../support/build.ts';
import {
  createNamespaces,
  type Finished,
  type Namespaces,
  reasonAgainstNamespaces,
} from '../support/namespaces.ts';
import { makeCertificate } from '../support/redfish-sim/certificate.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';
import { createSmallDisk, reasonAgainstSmallDisks, type SmallDisk } from '../support/small-disk.ts';

const reason = reasonAgainstNamespaces() ?? reasonAgainstSmallDisks();
const SERVER = '10.67.0.1';
const URL = `https://${SERVER}:8443`;

/** A whole service that people reach from another machine, and the command on that machine. */
describe.skipIf(reason !== undefined)(`TLS of a running service${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let disk: SmallDisk;
  let server: RunningProvisiond;
  let home: string;
  let token = '';
  let fingerprint = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'provision-home-'));
    spaces = createNamespaces('safety', ['server', 'desk'], [{ ends: ['server:lan0', 'desk:eth0'] }]);
    spaces.ip('server', 'address', 'add', `${SERVER}/24`, 'dev', 'lan0');
    spaces.ip('desk', 'address', 'add', '10.67.0.9/24', 'dev', 'eth0');
    disk = await createSmallDisk(spaces, 'server', 96 * 1024 * 1024);
    await start('auto');
    ({ token } = await server.must('POST', '/api/v1/tokens', { name: 'ops', role: 'admin' }));
    writeFileSync(join(home, 'token'), `${token}\n`, { mode: 0o600 });
  });
  afterAll(async () => {
    await server?.stop();
    disk?.remove();
    await spaces?.remove();
    rmSync(home, { recursive: true, force: true });
  });
  showLogOnFailure(() => server);

  const start = async (tls: string | object) => {
    const config = { http: { listen: `${SERVER}:8443`, tls }, dhcp: { probe: false } };
    server = await startProvisiond(spaces, 'server', { disk, config });
  };
  /** On the other machine, with nothing but what it has saved itself. */
  const provision = (...argv: string[]): Promise<Finished> =>
    spaces.run('desk', [
      ...['env', '-i', `HOME=${home}`, `PATH=${process.env['PATH'] ?? ''}`],
      ...[process.execPath, PROVISION_COMMAND, ...argv],
    ]);
  const login = (...argv: string[]) => provision('login', URL, '--token-file', join(home, 'token'), ...argv);

  it('shows the fingerprint of the certificate that it made, which is what others see', async () => {
    fingerprint = /sha256:([0-9a-f]{64})/.exec(server.said())?.[1] ?? '';
    const { certificate } = await server.must('GET', '/api/v1/status');
    expect(certificate).toMatchObject({ sha256: fingerprint, isOwn: true });
    const seen = await login();
    expect(seen).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`nobody vouches for: sha256:${fingerprint}`),
    });
    expect(seen.stderr).toContain('compare it with what the server says, then add: --fingerprint sha256:');
  });

  it('is logged in to by that fingerprint, and by no other', async () => {
    expect(await login('--fingerprint', `sha256:${'0'.repeat(64)}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not the one that was named[\s\S]*somebody is in between/),
    });
    expect(await login('--fingerprint', `sha256:${fingerprint}`)).toMatchObject({ code: 0 });
    expect(await provision('whoami', '--json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"name": "ops"'),
    });
  });

  it('speaks no plain HTTP there', async () => {
    const plain = await provision('--server', `http://${SERVER}:8443`, 'status');
    expect(plain.code).toBe(7);
  });

  it('a token that has expired has its own message', async () => {
    const { token: short } = await server.must('POST', '/api/v1/tokens', {
      ...{ name: 'short', role: 'viewer' },
      expiresInMinutes: 1,
    });
    // The service's clock is the machine's, which is not for a test to move: the row says that it was a day ago.
    await server.stop();
    await spaces.run('server', [
      ...disk.command,
      process.execPath,
      '-e',
      `const D = require(process.argv[1]); new D(process.argv[2]).exec("update tokens set expires_at = expires_at - 86400000 where name = 'short'")`,
      join(process.cwd(), 'node_modules/better-sqlite3'),
      join(disk.inside, 'provision.db'),
    ]);
    await start('auto');
    writeFileSync(join(home, 'short'), short, { mode: 0o600 });
    expect(await provision('--token-file', join(home, 'short'), 'system', 'list')).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/token 'short' expired at .*[\s\S]*provision token add/),
    });
    // The certificate is the same after a restart, and the saved login holds.
    expect(await provision('system', 'list')).toMatchObject({ code: 0 });
  });

  it('a certificate that has changed is refused before the token is sent', async () => {
    await server.stop();
    const own = makeCertificate({ name: 'provision.example.net' });
    const files = { cert: join(disk.inside, 'site.crt'), key: join(disk.inside, 'site.key') };
    writeFileSync(join(disk.outside, 'site.crt'), own.cert);
    writeFileSync(join(disk.outside, 'site.key'), own.key, { mode: 0o600 });
    await start(files);
    const refused = await provision('system', 'list');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/certificate/);
    expect(refused.stderr).toContain(own.fingerprint);
    expect(server.log().some(({ msg }) => msg === 'incoming request')).toBe(false);
    expect(await login('--fingerprint', own.fingerprint)).toMatchObject({ code: 0 });
    expect(await provision('system', 'list')).toMatchObject({ code: 0 });
  });
});
