import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';
import { type HttpAnswer, startWireClient, type WireClient } from '../support/wire-client.ts';

const reason = reasonAgainstNamespaces();

/** Lies in the data folder, beside the database. */
const SECRET = 'not for machines\n';
const MACHINE = '52-54-00-00-00-11';

/**
 * server lan0 10.67.0.1; `web001` is the machine at 10.67.0.11, `web002` at 10.67.0.12, `stranger` has no record.
 * Everything is
 * sent byte by byte, so that no client tidies it up.
 */
describe.skipIf(reason !== undefined)(`hostile requests${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let server: RunningProvisiond | undefined;
  let web001: WireClient;
  let web002: WireClient;
  let stranger: WireClient;
  const provisiond = () => {
    if (server === undefined) throw new Error('provisiond does not run');
    return server;
  };

  beforeAll(async () => {
    spaces = createNamespaces('wire-http', ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
    spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
    const connect = (address: string) => {
      spaces.ip('client', 'address', 'add', `${address}/24`, 'dev', 'eth0');
      return startWireClient(spaces, 'client', address, '10.67.0.1');
    };
    [web001, web002, stranger] = [connect('10.67.0.11'), connect('10.67.0.12'), connect('10.67.0.99')];
    server = await startProvisiond(spaces, 'server');
    writeFileSync(join(server.dataDir, 'secret.txt'), SECRET);
    const tree = join(server.dataDir, 'distros/tree');
    mkdirSync(join(tree, 'pool'), { recursive: true });
    writeFileSync(join(tree, 'pool/a.deb'), 'a package\n');
    symlinkSync('/etc', join(tree, 'etc'));
    symlinkSync('../../secret.txt', join(tree, 'inside.txt'));
    symlinkSync('pool/a.deb', join(tree, 'a.deb'));
    await declareProfile(server, { tree });
    const subnet = { name: 'near', network: '10.67.0.0/24', dhcp: 'authoritative' };
    await server.must('POST', '/api/v1/subnets', subnet);
    await declareMachine(server, 'web001', '52:54:00:00:00:11', '10.67.0.11');
    await declareMachine(server, 'web002', '52:54:00:00:00:12', '10.67.0.12');
  });
  afterAll(async () => {
    await Promise.all([web001, web002, stranger].map((client) => client?.end()));
    await server?.stop();
    await spaces?.remove();
  });
  showLogOnFailure(() => server);

  const install = async (name = 'web001') =>
    (await provisiond().must('GET', `/api/v1/systems/${name}`)).install;
  const leaks = ({ body }: HttpAnswer) => body.includes('root:') || body.includes(SECRET.trim());

  describe('names by TFTP', () => {
    it('the file that is there is sent', async () => {
      expect(await stranger.tftp('undionly.kpxe')).toBe('DATA');
      expect(await stranger.tftp('\\undionly.kpxe\xff')).toBe('DATA');
    });

    it.each([
      ['../secret.txt', 'ERROR 2'],
      ['../../../../../../etc/passwd', 'ERROR 2'],
      ['loaders/../../secret.txt', 'ERROR 2'],
      ['..\\..\\etc\\passwd', 'ERROR 2'],
      ['/etc/passwd', 'ERROR 1'],
      ['//etc//passwd', 'ERROR 1'],
      ['\\\\10.67.0.1\\c$\\boot.ini', 'ERROR 1'],
      ['C:/boot.ini', 'ERROR 1'],
      ['z:undionly.kpxe', 'ERROR 1'],
      ['%2e%2e/secret.txt', 'ERROR 1'],
      ['\xc0\xae\xc0\xae/secret.txt', 'ERROR 1'],
      ['undionly.kpxe/', 'ERROR 1'],
      ['undionly.kpxe/.', 'ERROR 1'],
      ['UNDIONLY.KPXE', 'ERROR 1'],
      ['undionly.kpxe\x01', 'ERROR 1'],
      ['undionly.kpxe\x7f', 'ERROR 1'],
      ['__proto__', 'ERROR 1'],
      ['constructor', 'ERROR 1'],
      ['provision.db', 'ERROR 1'],
      ['', 'ERROR 1'],
      ['.', 'ERROR 1'],
      ['\xff\xff\xff', 'ERROR 1'],
      ['a'.repeat(600), 'ERROR 1'],
      ['a/'.repeat(700), 'ERROR 1'],
      // What comes after the NUL is the mode, and not one that there is.
      ['undionly.kpxe\0/../../etc/passwd', 'ERROR 4'],
    ])('%j is refused with %s', async (name, refusal) => {
      expect(await stranger.tftp(name)).toBe(refusal);
    });
  });

  describe('paths by HTTP', () => {
    it('the file that is there is sent, also by a link inside the tree', async () => {
      expect(await stranger.http('/trees/debian-13/pool/a.deb')).toEqual({
        status: 200,
        body: 'a package\n',
      });
      expect(await stranger.http('/trees/debian-13/a.deb')).toEqual({ status: 200, body: 'a package\n' });
      expect(await stranger.http('/trees/debian-13//pool/./a.deb')).toMatchObject({ status: 200 });
    });

    it.each([
      '/trees/debian-13/../../../../etc/passwd',
      '/trees/debian-13/../../secret.txt',
      '/trees/debian-13/pool/../../../secret.txt',
      '/trees/debian-13/%2e%2e/%2e%2e/secret.txt',
      '/trees/debian-13/%2e%2e%2f%2e%2e%2fsecret.txt',
      '/trees/debian-13/..%2f..%2fsecret.txt',
      '/trees/debian-13/%252e%252e/%252e%252e/secret.txt',
      '/trees/debian-13/..%5c..%5csecret.txt',
      '/trees/debian-13/..\\..\\secret.txt',
      '/trees/debian-13/%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt',
      '/trees/debian-13//etc/passwd',
      '/trees/debian-13/%2fetc%2fpasswd',
      '/trees/debian-13/etc/passwd',
      '/trees/debian-13/inside.txt',
      '/trees/debian-13/pool/a.deb%00.txt',
      '/trees/debian-13/%00',
      '/trees/debian-13/pool/a.deb\0',
      '/trees/debian-13/pool',
      '/trees/debian-13/pool/',
      '/trees/debian-13/',
      '/trees/debian-13',
      '/trees/debian-13/%',
      '/trees/debian-13/%zz',
      '/trees/debian-13/\xff\xfe',
      '/trees/../secret.txt',
      '/trees/%2e%2e/secret.txt',
      '/trees/..%2f..%2fsecret.txt/x',
      '/trees/__proto__/secret.txt',
      '/trees/web001/secret.txt',
      '/loaders/../secret.txt',
      '/loaders/%2e%2e%2fsecret.txt',
      '/loaders/..%2f..%2fsecret.txt',
      '/loaders/__proto__',
      '//etc/passwd',
      '/../../etc/passwd',
      'http://10.67.0.1/../../etc/passwd',
      '/secret.txt',
      '/provision.db',
      `/trees/debian-13/${'a'.repeat(5_000)}`,
      `/trees/debian-13/${'../'.repeat(2_000)}etc/passwd`,
      `/trees/debian-13/${'a'.repeat(100_000)}`,
    ])('%j is not there', async (target) => {
      const answer = await stranger.http(target);
      expect([400, 404, 414, 431]).toContain(answer.status);
      expect(leaks(answer)).toBe(false);
    });

    it.each(['/api/v1/systems', '/api/v1/leases', '/healthz', '/api/v1/setup'])(
      '%s is not for machines',
      async (target) => {
        expect((await web001.http(target)).status).toBe(404);
      },
    );

    it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'G\0T'])(
      '%j changes nothing',
      async (method) => {
        const answer = await web001.http('/trees/debian-13/pool/a.deb', { method });
        expect([0, 400, 404, 405]).toContain(answer.status);
      },
    );
  });

  describe('the files of an install', () => {
    let token: string;
    beforeAll(async () => {
      for (const name of ['web001', 'web002'])
        await provisiond().must('POST', `/api/v1/systems/${name}/install`, {});
      const { status, body } = await web001.http(`/boot/ipxe/${MACHINE}`);
      expect(status).toBe(200);
      token = /\/i\/([\w-]+)\/kernel/.exec(body)?.[1] ?? 'none';
      expect(token.length).toBeGreaterThan(20);
    });

    it('another machine is refused the script, and so is a stranger', async () => {
      for (const client of [web002, stranger]) {
        const answer = await client.http(`/boot/ipxe/${MACHINE}`);
        expect(answer.status).toBe(403);
        expect(answer.body).not.toContain('/i/');
      }
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it.each(['kernel', 'initrd', 'answer', 'event/installed', 'event/failed'])(
      'another machine is refused %s although it knows the token',
      async (file) => {
        for (const client of [web002, stranger])
          expect((await client.http(`/i/${token}/${file}`)).status).toBe(403);
        expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
      },
    );

    it('a wrong token opens nothing', async () => {
      const wrong = [
        'preview',
        token.slice(0, -1),
        `${token}x`,
        token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'),
        token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
        `${token}%00`,
        `%20${token}`,
        '__proto__',
        '%',
        "'%20or%20'1'='1",
        'a'.repeat(10_000),
      ];
      for (const guess of wrong)
        for (const file of ['kernel', 'answer', 'event/installed']) {
          const { status } = await web001.http(`/i/${guess}/${file}`);
          expect({ guess, file, status: [400, 404, 414].includes(status) }).toEqual({
            guess,
            file,
            status: true,
          });
        }
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it('HEAD of the answer file hands out nothing and spends nothing', async () => {
      const answer = await web001.http(`/i/${token}/answer`, { method: 'HEAD' });
      expect(answer).toEqual({ status: 404, body: '' });
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it.each([
      { name: 'unknown', stage: 'launched' },
      { name: 'of the service', stage: '__proto__' },
      { name: 'long', stage: 'a'.repeat(5_000) },
      { name: 'encoded', stage: '%2e%2e%2fanswer' },
      { name: 'with a line end', stage: 'installed%0d%0ax' },
    ])('a stage that there is not ($name) is refused', async ({ stage }) => {
      const { status } = await web001.http(`/i/${token}/event/${stage}`, {
        method: 'POST',
        body: 'detail=x',
      });
      expect([400, 404, 414]).toContain(status);
    });

    it.each([
      { type: 'application/json', body: '{"detail":"told"}', kept: 'told' },
      { type: 'application/json', body: '{"detail":', kept: '{"detail":' },
      { type: 'application/json', body: '{"detail":{"toString":1}}', kept: '{"detail":{"toString":1}}' },
      { type: 'application/x-www-form-urlencoded', body: 'detail=a%20form', kept: 'a form' },
      { type: 'text/plain; charset=utf-8', body: 'a\x1b[31m\r\nline', kept: 'a [31m line' },
      { type: 'multipart/form-data; boundary=x', body: '--x--', kept: '--x--' },
      { type: 'application/octet-stream', body: '\0\x01\x02', kept: 'the machine reports: partitioning' },
      { type: '*/*', body: 'stars', kept: 'stars' },
    ])('a report as $type is kept as text', async ({ type, body, kept }) => {
      const target = `/i/${token}/event/partitioning`;
      const answer = await web001.http(target, { method: 'POST', body, headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 200 });
      const { items } = await provisiond().must('GET', '/api/v1/systems/web001/timeline?limit=1000');
      expect(items.at(-1)).toMatchObject({ stage: 'partitioning', message: kept });
    });

    it('a report of no type that there is is refused', async () => {
      const headers = { 'content-type': 'nonsense' };
      const answer = await web001.http(`/i/${token}/event/installed`, { method: 'POST', body: 'x', headers });
      expect(answer.status).toBe(415);
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it.each([
      { name: 'with its length', headers: {} },
      { name: 'in chunks', headers: { 'transfer-encoding': 'chunked' } },
      { name: 'with a length that is a lie', headers: { 'content-length': '99999999999' } },
    ])('a report that is too long is refused ($name)', async ({ headers }) => {
      const text = 'a'.repeat(17 * 1024);
      const body =
        'transfer-encoding' in headers ? `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n` : text;
      const answer = await web001.http(`/i/${token}/event/installed`, { method: 'POST', body, headers });
      expect(answer.status).toBe(413);
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it('its own machine gets everything, and spends the attempt with the answer file', async () => {
      expect(await web001.http(`/i/${token}/kernel`)).toMatchObject({ status: 200, body: 'the kernel\n' });
      expect((await web001.http(`/i/${token}/answer`)).status).toBe(200);
      expect(await install()).toMatchObject({ state: 'installing', attemptsUsed: 1 });
      expect((await web001.http(`/i/${token}/event/installed`, { method: 'POST' })).status).toBe(200);
      // Over: the token opens nothing any more.
      expect((await web001.http(`/i/${token}/answer`)).status).toBe(410);
      expect((await web001.http(`/boot/ipxe/${MACHINE}`)).body).not.toContain('/i/');
    });
  });

  describe('the API', () => {
    it('refuses a body that is too large', async () => {
      const answer = await provisiond().api('POST', '/api/v1/systems', { comment: 'x'.repeat(1024 * 1024) });
      expect(answer).toMatchObject({ status: 413, body: { code: 'too-large' } });
    });

    it.each([
      { name: 'unknown', body: { name: 'x1', nettwork: '10.1.0.0/24' }, at: 'nettwork' },
      { name: 'not for people', body: { name: 'x1', network: '10.1.0.0/24', id: 7 }, at: 'id' },
      {
        name: 'inside',
        body: { name: 'x1', network: '10.1.0.0/24', ranges: [{ fron: 'x' }] },
        at: 'ranges.0',
      },
    ])('names a field that is $name', async ({ body, at }) => {
      const answer = await provisiond().api('POST', '/api/v1/subnets', body);
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
      expect(JSON.stringify(answer.body.problems)).toContain(at);
      expect((await provisiond().api('GET', '/api/v1/subnets/x1')).status).toBe(404);
    });

    it('takes no prototype for a field', async () => {
      const body = JSON.parse('{"name":"x1","network":"10.1.0.0/24","__proto__":{"dhcp":"authoritative"}}');
      expect((await provisiond().api('POST', '/api/v1/subnets', body)).status).toBeGreaterThanOrEqual(400);
      expect((await provisiond().api('GET', '/api/v1/subnets/x1')).status).toBe(404);
    });

    async function armWith(template: string, text: string) {
      writeFileSync(join(provisiond().dataDir, 'kickstarts', template), text);
      await provisiond().must('PATCH', '/api/v1/profiles/debian-13', { answerFile: template });
      await provisiond().api('POST', '/api/v1/systems/web002/cancel');
      return provisiond().api('POST', '/api/v1/systems/web002/install', {});
    }

    it('does not arm with a broken template, and says in which file and line it is', async () => {
      const answer = await armWith('broken.preseed', 'd-i one\nd-i two\n{% if %}\nd-i three\n');
      expect(answer).toMatchObject({ status: 422, body: { code: 'not-ready' } });
      expect(answer.body.problems).toEqual([
        { path: 'answerFile', message: expect.stringContaining('broken.preseed line 3') },
      ]);
      expect(await install('web002')).toMatchObject({ state: 'cancelled' });
    });

    it('ends a template that never ends, and goes on', async () => {
      const big = "{% set s = 'xxxxxxxx' %}{% for i in range(16) %}{% set s = s ~ s %}{% endfor %}";
      const slow =
        "{% for i in range(9999) %}{% set t = s | replace('x', 'y') | upper | lower %}{% endfor %}";
      const answering = armWith('endless.preseed', `${big}${slow}`);
      // Meanwhile everybody else is served.
      expect((await provisiond().api('GET', '/healthz')).status).toBe(200);
      expect((await web001.http('/trees/debian-13/a.deb')).status).toBe(200);
      const answer = await answering;
      expect(answer).toMatchObject({ status: 422, body: { code: 'not-ready' } });
      expect(answer.body.detail).toMatch(/endless\.preseed.*takes longer than 2000 ms/);
      await provisiond().must('PATCH', '/api/v1/profiles/debian-13', { answerFile: 'debian-13.preseed' });
      expect((await provisiond().api('POST', '/api/v1/systems/web002/install', {})).status).toBe(201);
    });
  });

  it('nothing of all this was an error of the service', () => {
    expect(
      provisiond()
        .log()
        .filter(({ level }) => level >= 50),
    ).toEqual([]);
  });
});
