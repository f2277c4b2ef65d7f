import { mkdirSync, rmdirSync, symlinkSync, truncateSync, unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installService } from '../../../src/services/installs/installs.ts';
import { ADA } from '../../support/actors.ts';
import { NO_POWER_UPS } from '../../support/no-power-ups.ts';
import {
  addRecords,
  bodies,
  fileOf,
  openServiceWorld,
  type ServiceWorld,
} from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const ARM = '/api/v1/systems/web001/install';
const CANCEL = '/api/v1/systems/web001/cancel';
const arm = (body?: object) => world.call('POST', ARM, body);
const edit = (path: string, change: object) => world.call('PATCH', `/api/v1/${path}`, change);

/** Without what the database tells by itself. */
async function timeline(): Promise<string[]> {
  const { body } = await world.call('GET', '/api/v1/systems/web001/timeline');
  const { items } = body as { items: { stage: string }[] };
  return items.map((event) => event.stage).filter((stage) => stage !== 'state');
}

async function auditOf(): Promise<string[]> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(`${world.dataDir}/provision.db`, { readonly: true });
  const rows = db.prepare('select actor, action, name from audit where noun = ? order by id').all('system');
  db.close();
  return (rows as { actor: string; action: string; name: string }[]).map(
    (row) => `${row.actor} ${row.action} ${row.name}`,
  );
}

describe('arming', () => {
  it('makes one attempt of four hours, and says so on the timeline and the trail', async () => {
    const install = { system: 'web001', state: 'armed', attempts: 1, attemptsUsed: 0, armedBy: 'local' };
    const expiresAt = '2026-11-22T13:00:00.000Z';
    expect(await arm()).toMatchObject({ status: 201, body: { ...install, expiresAt } });
    expect((await world.call('GET', '/api/v1/systems/web001')).body).toMatchObject({ install });
    expect(await timeline()).toEqual(['armed']);
    expect(await auditOf()).toEqual(['local add web001', 'local arm web001']);
  });

  it('takes attempts and time', async () => {
    const answer = await arm({ attempts: 3, expiresInMinutes: 5 });
    expect(answer).toMatchObject({ body: { attempts: 3, expiresAt: '2026-11-22T09:05:00.000Z' } });
  });

  it.each([
    { attempts: 0 },
    { attempts: 11 },
    { expiresInMinutes: 4 },
    { expiresInMinutes: 10_081 },
    { attempts: '2' },
    { always: true },
  ])('refuses %j', async (body) => {
    const path = Object.keys(body)[0];
    expect(await arm(body)).toMatchObject({ status: 422, body: { code: 'invalid', problems: [{ path }] } });
  });

  it.each([
    { what: 'a kernel that is gone', path: 'kernel', break: () => unlinkSync(fileOf(world, 'linux')) },
    {
      what: 'a tree that is gone',
      path: 'tree',
      break: async () => {
        mkdirSync(fileOf(world, 'tree'));
        await edit('distros/debian-13', { tree: fileOf(world, 'tree') });
        rmdirSync(fileOf(world, 'tree'));
      },
    },
    { what: 'an empty initrd', path: 'initrd', break: () => truncateSync(fileOf(world, 'initrd.gz')) },
    {
      what: 'a kernel that leads out of its folder',
      path: 'kernel',
      break: () => {
        unlinkSync(fileOf(world, 'linux'));
        symlinkSync('/etc/passwd', fileOf(world, 'linux'));
      },
    },
    {
      what: 'an answer file that is not there',
      path: 'answerFile',
      break: () => world.templates.delete('debian-13.preseed'),
    },
    {
      what: 'a template that cannot be read',
      path: 'answerFile',
      break: () => world.templates.set('debian-13.preseed', '{% if %}'),
    },
    {
      what: 'a template that names what is not there',
      path: 'answerFile',
      break: () => world.templates.set('debian-13.preseed', 'd-i x string {{ nothing.at.all }}'),
    },
    {
      what: 'a kernel argument that cannot be made',
      path: 'kernelArgs',
      break: () => edit('systems/web001', { kernelArgs: ['x={{nothing.at.all}}'] }),
    },
  ])('refuses $what, and changes nothing', async ({ path, break: breakIt }) => {
    await breakIt();
    const problems = expect.arrayContaining([expect.objectContaining({ path })]);
    const answer = await arm();
    expect(answer).toMatchObject({ status: 422, body: { code: 'not-ready', problems } });
    expect((await world.call('GET', '/api/v1/systems/web001')).body).toMatchObject({ install: null });
    expect(await timeline()).toEqual([]);
    expect(JSON.stringify(answer.body)).not.toContain('topsecret');
  });

  it('tells every reason at once', async () => {
    unlinkSync(fileOf(world, 'linux'));
    world.templates.delete('debian-13.preseed');
    const answer = await arm();
    const { problems } = answer.body as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path)).toEqual(['kernel', 'answerFile']);
  });

  const IMAGE = { install: 'image', answerFile: 'image-deploy.sh', answerKind: 'deploy-script' };
  it.each([
    { what: 'none', image: () => null },
    { what: 'one that is not there', image: () => fileOf(world, 'nothing.img') },
    { what: 'one outside the folders', image: () => '/etc/passwd' },
  ])('refuses an image profile with $what', async ({ image }) => {
    expect(await edit('profiles/debian-13', { ...IMAGE, image: image() })).toMatchObject({ status: 200 });
    expect(await arm()).toMatchObject({
      status: 422,
      body: { code: 'not-ready', problems: [{ path: 'image' }] },
    });
  });

  it('arms an image profile with its image', async () => {
    await edit('profiles/debian-13', { ...IMAGE, image: fileOf(world, 'disk.img') });
    expect(await arm()).toMatchObject({ status: 201 });
  });

  it('refuses a second one while the first is open, and allows it afterwards', async () => {
    await arm();
    const hint = expect.stringContaining('provision system cancel web001');
    expect(await arm()).toMatchObject({ status: 409, body: { code: 'wrong-state', hint } });
    await world.call('POST', CANCEL);
    expect(await arm()).toMatchObject({ status: 201 });
    world.nowMs += 4 * 60 * 60_000;
    expect(await arm()).toMatchObject({ status: 201 });
    expect(await timeline()).toEqual(['armed', 'cancelled', 'armed', 'expired', 'armed']);
  });

  it('lets one of several at the same moment through', async () => {
    const answers = await Promise.all([arm(), arm(), arm()]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
  });

  it('ends one that nobody has swept yet', async () => {
    // Somebody else arms in the meantime, and that install is over before this one is written.
    const check = async () => {
      await arm({ expiresInMinutes: 5 });
      world.nowMs += 5 * 60_000;
    };
    const slow = installService(world.deps, world.services.events, check, NO_POWER_UPS);
    expect(await slow.arm('web001', {}, ADA)).toMatchObject({ state: 'armed', armedBy: 'ada' });
    expect(await world.store.read.installs.listOverdue(world.nowMs)).toEqual([]);
  });

  it.each([
    { what: 'changed', change: () => edit('systems/web001', { comment: 'x' }), code: 'stale-revision' },
    { what: 'removed', change: () => world.call('DELETE', '/api/v1/systems/web001'), code: 'not-found' },
  ])('refuses a system that was $what while it was checked', async ({ change, code }) => {
    const check = async () => {
      await change();
    };
    const slow = installService(world.deps, world.services.events, check, NO_POWER_UPS);
    await expect(slow.arm('web001', {}, ADA)).rejects.toMatchObject({ code });
  });

  it.each([ARM, CANCEL])('404 for a system that is none: %s', async (path) => {
    const answer = await world.call('POST', path.replace('web001', 'nothing'), {});
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('cancelling', () => {
  it('ends the open install, with its trail in the same transaction', async () => {
    await arm();
    expect(await world.call('POST', CANCEL)).toMatchObject({
      status: 200,
      body: { state: 'cancelled', reason: 'cancelled by local' },
    });
    expect(await timeline()).toEqual(['armed', 'cancelled']);
    expect(await auditOf()).toEqual(['local add web001', 'local arm web001', 'local cancel web001']);
    expect(await world.call('POST', CANCEL)).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(await auditOf()).toHaveLength(3);
  });

  it('needs one that is open', async () => {
    const detail = expect.stringContaining('never armed');
    expect(await world.call('POST', CANCEL)).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail },
    });
  });
});

describe('the timeline', () => {
  const at = (query: string) => world.call('GET', `/api/v1/systems/web001/timeline${query}`);

  it('comes in pages', async () => {
    await arm();
    await world.call('POST', CANCEL);
    const [first] = ((await at('?limit=1')).body as { items: { id: number; stage: string }[] }).items;
    expect(first?.stage).toBe('state');
    expect((await at(`?after=${first?.id}`)).body).toMatchObject({
      items: [{ stage: 'state' }, { stage: 'armed' }, { stage: 'cancelled' }],
    });
  });

  it.each(['?limit=0', '?limit=1001', '?after=-1', '?after=x', '?page=2'])('refuses %s', async (query) => {
    expect(await at(query)).toMatchObject({ status: 422 });
  });

  it('goes with its system, and a new system of that name begins without', async () => {
    await arm();
    await world.call('DELETE', '/api/v1/systems/web001');
    expect(await at('')).toMatchObject({ status: 404 });
    await world.call('POST', '/api/v1/systems', bodies(world).system);
    expect(await timeline()).toEqual([]);
  });

  it('keeps the events of others when a system goes while some wait to be written', async () => {
    const other = {
      ...bodies(world).system,
      name: 'web002',
      interfaces: [{ mac: '52:54:00:00:00:02', ip: '10.99.0.12' }],
    };
    const { id } = (await world.call('POST', '/api/v1/systems', other)).body as { id: number };
    const event = {
      mac: null,
      installId: null,
      stage: 'tftp',
      outcome: 'ok',
      message: 'x',
      data: {},
    } as const;
    const gone = (await world.call('GET', '/api/v1/systems/web001')).body as { id: number };
    await world.call('DELETE', '/api/v1/systems/web001');
    world.services.events.record({ ...event, systemId: gone.id });
    world.services.events.record({ ...event, systemId: id });
    const { body } = await world.call('GET', '/api/v1/systems/web002/timeline');
    expect(body).toMatchObject({ items: [{ stage: 'tftp' }] });
  });
});
