import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAdminTls } from '../../../server/tls/admin-tls.ts';
import { loadCertificate, type TlsChoice } from '../../../server/tls/certificate.ts';
import { parseConfig } from '../../../src/config.ts';
import { must } from '../../support/must.ts';

const NOW_MS = Date.now();

describe('the certificate of the listener for people', () => {
  let dataDir: string;
  let serial: number;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'provision-tls-'));
    serial = 1;
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const randomBytes = (length: number) => Buffer.alloc(length, serial++);
  const load = (tls: TlsChoice, address = '192.0.2.1') =>
    loadCertificate({ tls, address, dataDir, nowMs: NOW_MS, randomBytes });

  it.each<[TlsChoice, string]>([
    ['off', '192.0.2.1'],
    ['auto', '127.0.0.1'],
  ])('is none where http.tls is %s on %s', (tls, address) => expect(load(tls, address)).toBeNull());

  it('is made at the first start, for its owner only, and stays', () => {
    const first = must(load('auto') ?? undefined, 'a certificate');
    expect(first.isOwn).toBe(true);
    for (const name of ['tls.key', 'tls.crt']) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    expect(load('auto')).toEqual(first);
    const parsed = new X509Certificate(first.cert);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.ca).toBe(false);
    expect(parsed.checkIP('192.0.2.1')).toBe('192.0.2.1');
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(Date.parse(first.validUntil) - NOW_MS).toBeGreaterThan(3650 * 86_400_000);
  });

  it('of the site is refused where the key is another, lax, or no key', () => {
    const [one, other] = [must(load('auto') ?? undefined, 'one'), join(dataDir, 'other')];
    const files = { cert: join(other, 'tls.crt'), key: join(dataDir, 'tls.key') };
    expect(() => load(files)).toThrow(/ENOENT/);
    const another = mkdtempSync(join(tmpdir(), 'provision-tls-'));
    const made = loadCertificate({
      tls: 'auto',
      address: '0.0.0.0',
      dataDir: another,
      nowMs: NOW_MS,
      randomBytes,
    });
    rmSync(another, { recursive: true });
    const cert = join(dataDir, 'site.crt');
    writeFileSync(cert, must(made ?? undefined, 'another').cert);
    expect(() => load({ cert, key: files.key })).toThrow(/is not the key of/);
    writeFileSync(cert, one.cert);
    expect(load({ cert, key: files.key })).toMatchObject({ sha256: one.sha256, isOwn: false });
    chmodSync(files.key, 0o640);
    expect(() => load({ cert, key: files.key })).toThrow(/may be read by others/);
    chmodSync(files.key, 0o600);
    writeFileSync(files.key, 'nonsense');
    expect(() => load({ cert, key: files.key })).toThrow(/cannot be used/);
  });

  it('is shown by TLS 1.2 and newer, and a renewed one without dropping who is connected', async () => {
    const files = { cert: join(dataDir, 'tls.crt'), key: join(dataDir, 'tls.key') };
    const own = must(load('auto') ?? undefined, 'a certificate');
    const config = parseConfig(`http: { listen: '192.0.2.1:8443', tls: ${JSON.stringify(files)} }`, {});
    const tls = openAdminTls(config, { dataDir, randomBytes, now: () => NOW_MS });
    const server = createServer(must(tls.options ?? undefined, 'options'), (_request, response) =>
      response.end('ok'),
    );
    tls.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const dial = (more: object = {}) =>
      new Promise<TLSSocket>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...more }, () =>
          resolve(socket),
        );
        socket.once('error', reject);
      });
    const shown = (socket: TLSSocket) =>
      must(socket.getPeerX509Certificate(), 'a certificate').fingerprint256.replaceAll(':', '').toLowerCase();
    try {
      const before = await dial();
      expect(shown(before)).toBe(own.sha256);
      await expect(dial({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
      rmSync(files.cert);
      expect(() => tls.reload()).toThrow(/ENOENT/);
      expect(shown(await dial())).toBe(own.sha256);
      // A renewed one, with a key of its own.
      rmSync(files.key);
      const renewed = must(load('auto') ?? undefined, 'another');
      tls.reload();
      expect(renewed.sha256).not.toBe(own.sha256);
      expect(shown(await dial())).toBe(renewed.sha256);
      expect(tls.status()?.sha256).toBe(renewed.sha256);
      const answer = new Promise<string>((resolve, reject) => {
        const sent = request({ port, createConnection: () => before }, (response) => {
          response.setEncoding('utf8');
          response.on('data', resolve);
        });
        sent.once('error', reject);
        sent.end();
      });
      expect(await answer).toBe('ok');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is warned about where it ends soon, and where there is none', () => {
    load('auto');
    const files = `{ cert: ${dataDir}/tls.crt, key: ${dataDir}/tls.key }`;
    const at = (tls: string, nowMs: number, listen = '192.0.2.1:8443') =>
      openAdminTls(parseConfig(`http: { listen: '${listen}', tls: ${tls} }`, {}), {
        dataDir,
        randomBytes,
        now: () => nowMs,
      }).warnings();
    const years = 365.25 * 86_400_000;
    expect(at(files, NOW_MS)).toEqual([]);
    expect(at(files, NOW_MS + 9.99 * years)).toEqual([expect.stringMatching(/ends in \d+ days/)]);
    expect(at(files, NOW_MS + 10.1 * years)).toEqual([expect.stringMatching(/is over/)]);
    expect(at('off', NOW_MS)).toEqual([expect.stringMatching(/in the clear/)]);
    expect(at('off', NOW_MS, '127.0.0.1:8080')).toEqual([]);
  });
});
