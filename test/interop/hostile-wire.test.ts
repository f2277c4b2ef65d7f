import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostileWorld, type HostileWorld } from '../support/hostile-world.ts';
import { must } from '../support/must.ts';
import { reasonAgainstNamespaces } from '../support/namespaces.ts';
import { showLogOnFailure } from '../support/running-provisiond.ts';

const reason = reasonAgainstNamespaces();
const MACHINE = '52-54-00-00-00-11';
/** All machines here are addresses of one card, whose MAC is none of theirs. */
const ARM = { allowAddressInUse: true };

describe.skipIf(reason !== undefined)(`hostile requests${reason ? ` (${reason})` : ''}`, () => {
  let made: HostileWorld | undefined;
  const world = () => must(made, 'a running service');
  beforeAll(async () => {
    made = await createHostileWorld('wire-http');
  });
  afterAll(() => made?.remove());
  showLogOnFailure(() => made?.server);

  const install = async (name = 'web001') =>
    (await world().server.must('GET', `/api/v1/systems/${name}`)).install;

  describe('the files of an install', () => {
    let token: string;
    beforeAll(async () => {
      for (const name of ['web001', 'web002'])
        await world().server.must('POST', `/api/v1/systems/${name}/install`, ARM);
      const { status, body } = await world().web001.http(`/boot/ipxe/${MACHINE}`);
      expect(status).toBe(200);
      token = /\/i\/([\w-]+)\/kernel/.exec(body)?.[1] ?? 'none';
      expect(token.length).toBeGreaterThan(20);
    });

    it('another machine is refused the script, and so is a stranger', async () => {
      for (const client of [world().web002, world().stranger]) {
        const answer = await client.http(`/boot/ipxe/${MACHINE}`);
        expect(answer.status).toBe(403);
        expect(answer.body).not.toContain('/i/');
      }
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it.each(['kernel', 'initrd', 'answer', 'event/installed', 'event/failed'])(
      'another machine is refused %s although it knows the token',
      async (file) => {
        for (const client of [world().web002, world().stranger])
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
          const { status } = await world().web001.http(`/i/${guess}/${file}`);
          expect({ guess, file, status: [400, 404, 414].includes(status) }).toEqual({
            guess,
            file,
            status: true,
          });
        }
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it('HEAD of the answer file hands out nothing and spends nothing', async () => {
      const answer = await world().web001.http(`/i/${token}/answer`, { method: 'HEAD' });
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
      const { status } = await world().web001.http(`/i/${token}/event/${stage}`, {
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
      const answer = await world().web001.http(target, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      expect(answer).toMatchObject({ status: 200 });
      const { items } = await world().server.must('GET', '/api/v1/systems/web001/timeline?limit=1000');
      expect(items.at(-1)).toMatchObject({ stage: 'partitioning', message: kept });
    });

    it('a report of no type that there is is refused', async () => {
      const headers = { 'content-type': 'nonsense' };
      const answer = await world().web001.http(`/i/${token}/event/installed`, {
        method: 'POST',
        body: 'x',
        headers,
      });
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
      const answer = await world().web001.http(`/i/${token}/event/installed`, {
        method: 'POST',
        body,
        headers,
      });
      expect(answer.status).toBe(413);
      expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    });

    it('its own machine gets everything, and spends the attempt with the answer file', async () => {
      expect(await world().web001.http(`/i/${token}/kernel`)).toMatchObject({
        status: 200,
        body: 'the kernel\n',
      });
      expect((await world().web001.http(`/i/${token}/answer`)).status).toBe(200);
      expect(await install()).toMatchObject({ state: 'installing', attemptsUsed: 1 });
      expect((await world().web001.http(`/i/${token}/event/installed`, { method: 'POST' })).status).toBe(200);
      // Over: the token opens nothing any more.
      expect((await world().web001.http(`/i/${token}/answer`)).status).toBe(410);
      expect((await world().web001.http(`/boot/ipxe/${MACHINE}`)).body).not.toContain('/i/');
    });
  });

  describe('the API', () => {
    it('refuses a body that is too large', async () => {
      // Refused by its length, before the body is sent: one that is under way would be reset with the connection.
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': String(1024 * 1024 + 1) };
        const socketPath = world().server.socketPath;
        const asked = request({ socketPath, method: 'POST', path: '/api/v1/systems', headers });
        asked.once('error', reject);
        asked.once('response', (answer) => {
          resolve(answer.statusCode);
          asked.removeListener('error', reject).on('error', () => {});
          asked.destroy();
        });
        asked.flushHeaders();
      });
      expect(status).toBe(413);
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
      const answer = await world().server.api('POST', '/api/v1/subnets', body);
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
      expect(JSON.stringify(answer.body.problems)).toContain(at);
      expect((await world().server.api('GET', '/api/v1/subnets/x1')).status).toBe(404);
    });

    it('takes no prototype for a field', async () => {
      const body = JSON.parse('{"name":"x1","network":"10.1.0.0/24","__proto__":{"dhcp":"authoritative"}}');
      expect((await world().server.api('POST', '/api/v1/subnets', body)).status).toBeGreaterThanOrEqual(400);
      expect((await world().server.api('GET', '/api/v1/subnets/x1')).status).toBe(404);
    });

    async function armWith(template: string, text: string) {
      writeFileSync(join(world().server.dataDir, 'kickstarts', template), text);
      await world().server.must('PATCH', '/api/v1/profiles/debian-13', { answerFile: template });
      await world().server.api('POST', '/api/v1/systems/web002/cancel');
      return world().server.api('POST', '/api/v1/systems/web002/install', ARM);
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
      expect((await world().server.api('GET', '/healthz')).status).toBe(200);
      expect((await world().web001.http('/trees/debian-13/a.deb')).status).toBe(200);
      const answer = await answering;
      expect(answer).toMatchObject({ status: 422, body: { code: 'not-ready' } });
      expect(answer.body.detail).toMatch(/endless\.preseed.*takes longer than 2000 ms/);
      await world().server.must('PATCH', '/api/v1/profiles/debian-13', { answerFile: 'debian-13.preseed' });
      expect((await world().server.api('POST', '/api/v1/systems/web002/install', ARM)).status).toBe(201);
    });
  });

  it('nothing of all this was an error of the service', () => {
    expect(
      world()
        .server.log()
        .filter(({ level }) => level >= 50),
    ).toEqual([]);
  });
});
