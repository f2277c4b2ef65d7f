import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostileWorld, type HostileWorld, SECRET } from '../support/hostile-world.ts';
import { must } from '../support/must.ts';
import { reasonAgainstNamespaces } from '../support/namespaces.ts';
import { showLogOnFailure } from '../support/running-provisiond.ts';
import type { HttpAnswer } from '../support/wire-client.ts';

const reason = reasonAgainstNamespaces();

describe.skipIf(reason !== undefined)(`hostile names and paths${reason ? ` (${reason})` : ''}`, () => {
  let made: HostileWorld | undefined;
  const world = () => must(made, 'a running service');
  beforeAll(async () => {
    made = await createHostileWorld('wire-path');
  });
  afterAll(() => made?.remove());
  showLogOnFailure(() => made?.server);

  const leaks = ({ body }: HttpAnswer) => body.includes('root:') || body.includes(SECRET.trim());

  describe('names by TFTP', () => {
    it('the file that is there is sent', async () => {
      expect(await world().stranger.tftp('undionly.kpxe')).toBe('DATA');
      expect(await world().stranger.tftp('\\undionly.kpxe\xff')).toBe('DATA');
      expect(await world().stranger.tftp('UNDIONLY.KPXE')).toBe('DATA');
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
      expect(await world().stranger.tftp(name)).toBe(refusal);
    });
  });

  describe('paths by HTTP', () => {
    it('the file that is there is sent, also by a link inside the tree', async () => {
      expect(await world().stranger.http('/trees/debian-13/pool/a.deb')).toEqual({
        status: 200,
        body: 'a package\n',
      });
      expect(await world().stranger.http('/trees/debian-13/a.deb')).toEqual({
        status: 200,
        body: 'a package\n',
      });
      expect(await world().stranger.http('/trees/debian-13//pool/./a.deb')).toMatchObject({ status: 200 });
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
      // Past the limit of a header, and yet read whole: more would come after the refusal, and reset the connection.
      `/trees/debian-13/${'a'.repeat(30_000)}`,
    ])('%j is not there', async (target) => {
      const answer = await world().stranger.http(target);
      expect([400, 404, 414, 431]).toContain(answer.status);
      expect(leaks(answer)).toBe(false);
    });

    it.each(['/api/v1/systems', '/api/v1/leases', '/healthz', '/api/v1/setup'])(
      '%s is not for machines',
      async (target) => {
        expect((await world().web001.http(target)).status).toBe(404);
      },
    );

    it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'G\0T'])(
      '%j changes nothing',
      async (method) => {
        const answer = await world().web001.http('/trees/debian-13/pool/a.deb', { method });
        expect([0, 400, 404, 405]).toContain(answer.status);
      },
    );
  });

  it('nothing of all this was an error of the service', () => {
    expect(
      world()
        .server.log()
        .filter(({ level }) => level >= 50),
    ).toEqual([]);
  });
});
