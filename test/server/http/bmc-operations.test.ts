import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BMC_FAILURES, type BmcFailure } from '../../../src/domain/power/bmc-error.ts';
import { failure } from '../../support/fake-bmcs.ts';
import { bmcOf, openPowerWorld } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openPowerWorld(1);
});
afterEach(() => world.dispose());

const ONE = '/api/v1/systems/web001';

/** A request that may have to wait for the gap between two sessions. */
async function call(method: 'GET' | 'PUT' | 'POST', path: string, body?: object) {
  const answer = world.call(method, `${ONE}/${path}`, body);
  await world.powerClock.advance(30_000);
  return answer;
}

async function auditOf(): Promise<unknown[]> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(`${world.dataDir}/provision.db`, { readonly: true });
  const rows = db
    .prepare("select actor, name, detail from audit where action in ('bmc', 'power') order by id")
    .all();
  db.close();
  return rows;
}

describe('the boot device', () => {
  it('is set as the firmware of the record needs it, read back, audited and told', async () => {
    const asked = { device: 'pxe', persistent: false, firmware: 'uefi' };
    expect(await call('PUT', 'boot-device', { device: 'pxe' })).toMatchObject({
      status: 200,
      body: { asked, confirmed: asked, agrees: true },
    });
    expect(await call('GET', 'boot-device')).toMatchObject({ status: 200, body: { override: asked } });
    expect(await auditOf()).toEqual([
      { actor: 'local', name: 'web001', detail: JSON.stringify({ bootDevice: asked }) },
    ]);
    const { body } = await call('GET', 'timeline');
    expect(body).toMatchObject({
      items: [{ stage: 'boot-device', message: 'boot device pxe (uefi, once), by local' }],
    });
  });

  it('is set for the system as it was read once: two readings could be of two records', async () => {
    const find = vi.spyOn(world.store.read.systems, 'find');
    expect(await call('PUT', 'boot-device', { device: 'pxe' })).toMatchObject({ status: 200 });
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('is asked for UEFI where nobody has told the firmware, which is said and looked at', async () => {
    await world.call('PATCH', ONE, { bmc: { firmware: null } });
    const doubt = expect.stringMatching(
      /^its firmware is not known yet: asked for UEFI; .*--bmc-firmware bios$/,
    );
    expect(await call('PUT', 'boot-device', { device: 'pxe' })).toMatchObject({
      status: 200,
      body: { asked: { firmware: 'uefi' }, doubt },
    });
    expect((await call('GET', 'timeline')).body).toMatchObject({
      items: [{ message: expect.stringContaining('by local; its firmware is not known yet') }],
    });
    expect((await call('GET', 'bmc/check')).body).toMatchObject({
      items: expect.arrayContaining([
        { name: 'firmware', state: 'warning', what: doubt, next: expect.any(String) },
      ]),
    });
    expect(await call('PUT', 'boot-device', { device: 'pxe', firmware: 'bios' })).toMatchObject({
      body: { asked: { firmware: 'bios' }, doubt: null },
    });
  });

  it('that the BMC shows otherwise is told, and is no error', async () => {
    const confirmed = { device: 'pxe', firmware: 'bios', persistent: false } as const;
    const { driver } = world.bmcs;
    const old = driver.withSession;
    driver.withSession = (target, work, options) =>
      old(target, (session) => work({ ...session, setBootDevice: async () => confirmed }), options);
    expect(await call('PUT', 'boot-device', { device: 'pxe' })).toMatchObject({
      status: 200,
      body: { confirmed, agrees: false },
    });
    expect((await call('GET', 'timeline')).body).toMatchObject({
      items: [{ outcome: 'warning', message: expect.stringContaining('its BMC says pxe (bios, once)') }],
    });
  });

  it('may be a URL (B14), where the firmware is UEFI', async () => {
    const httpBootUri = 'http://10.0.0.1/ipxe.efi';
    expect(await call('PUT', 'boot-device', { device: 'pxe', httpBootUri })).toMatchObject({
      status: 200,
      body: { asked: { device: 'pxe', firmware: 'uefi', httpBootUri }, agrees: true },
    });
    expect((await call('GET', 'timeline')).body).toMatchObject({
      items: [{ message: 'boot device pxe from http://10.0.0.1/ipxe.efi (uefi, once), by local' }],
    });
    const problems = [{ path: 'httpBootUri' }];
    for (const more of [{ device: 'pxe', firmware: 'bios' }, { device: 'disk' }])
      expect(await call('PUT', 'boot-device', { ...more, httpBootUri })).toMatchObject({
        status: 422,
        body: { problems },
      });
  });

  it.each([
    {},
    { device: 'usb' },
    { device: 'pxe', raw: 'e0' },
    { device: 'pxe', httpBootUri: 'file:///etc/passwd' },
  ])('is refused as %j', async (body) => {
    expect(await call('PUT', 'boot-device', body)).toMatchObject({ status: 422 });
  });
});

describe('what a BMC is asked', () => {
  it.each([
    ['bmc', { vendor: 'Fake', serial: 'S1' }],
    ['bmc/sensors', { items: [{ name: 'Temp', value: 21 }] }],
    ['bmc/log?limit=7', { items: [{ message: 'the newest of 7' }] }],
    ['bmc/check', { items: [{ name: 'cipher suite 0', state: 'problem' }] }],
  ])('%s', async (path, body) => {
    expect(await call('GET', path)).toMatchObject({ status: 200, body });
  });

  it('blinks for as long as is said, and is audited', async () => {
    expect(await call('POST', 'identify', { seconds: 60 })).toMatchObject({
      status: 200,
      body: { seconds: 60 },
    });
    expect(await call('POST', 'identify')).toMatchObject({ body: { seconds: 15 } });
    expect(await call('POST', 'identify', { seconds: 256 })).toMatchObject({ status: 422 });
    expect(await auditOf()).toHaveLength(2);
  });

  it('is warned of: a password that old BMCs cut, IPMI 1.5, no password', async () => {
    await world.call('PATCH', ONE, { bmc: { password: 'p'.repeat(17) } });
    const names = async () =>
      ((await call('GET', 'bmc/check')).body as { items: { name: string }[] }).items.map(({ name }) => name);
    expect(await names()).toEqual(['password', 'cipher suite 0']);
    await world.call('PATCH', ONE, { bmc: { password: null, protocol: '1.5' } });
    expect(await names()).toEqual(['protocol', 'password', 'cipher suite 0']);
  });

  it.each(Object.keys(BMC_FAILURES) as BmcFailure[])('%s is told with what to do next', async (kind) => {
    bmcOf(world, 1).before = () => Promise.reject(failure(kind, 'details'));
    const answer = await call('GET', 'bmc');
    expect(answer).toMatchObject({
      status: 502,
      body: {
        code: 'bmc-failed',
        failure: kind,
        detail: expect.stringContaining(`${BMC_FAILURES[kind].says}: details`),
        hint: expect.not.stringContaining('NAME'),
      },
    });
    expect(bmcOf(world, 1).sessions).toBe(BMC_FAILURES[kind].retry ? 2 : 1);
  });

  it('that never ends is given up', async () => {
    bmcOf(world, 1).before = () => new Promise(() => {});
    expect(await call('GET', 'bmc')).toMatchObject({ status: 502, body: { failure: 'timeout' } });
  });
});
