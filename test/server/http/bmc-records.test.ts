import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addRecords, bodies, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const edit = (bmc: object | null, name = 'web001') => world.call('PATCH', `/api/v1/systems/${name}`, { bmc });
const CONTROL = { address: '10.50.0.1', user: 'admin', password: 'correct horse', firmware: 'uefi' };

async function addBlade(number: number, bmc: object) {
  const body = { ...bodies(world).system, name: `blade${number}`, interfaces: [{ mac: macOf(number) }], bmc };
  return world.call('POST', '/api/v1/systems', body);
}

describe('an edit of a BMC', () => {
  it('keeps what it does not name, the password too', async () => {
    await edit({ ...CONTROL, port: 6230, kg: '0x0102' });
    const { body } = await edit({ privilege: 'administrator' });
    expect(body).toMatchObject({
      bmc: {
        address: '10.50.0.1',
        driver: 'ipmi',
        port: 6230,
        user: 'admin',
        privilege: 'administrator',
        passwordSet: true,
        kgSet: true,
      },
    });
    expect(JSON.stringify(body)).not.toContain('correct horse');
  });

  it('takes a secret away with null, and everything with the BMC', async () => {
    await edit(CONTROL);
    expect((await edit({ password: null })).body).toMatchObject({
      bmc: { user: 'admin', passwordSet: false },
    });
    expect((await edit(null)).body).toMatchObject({ bmc: null });
    expect((await edit({ address: '10.50.0.1' })).body).toMatchObject({
      bmc: { passwordSet: false, user: '', driver: null },
    });
  });

  it('of other fields of the system leaves it alone', async () => {
    await edit(CONTROL);
    const { body } = await world.call('PATCH', '/api/v1/systems/web001', { comment: 'rack 3' });
    expect(body).toMatchObject({
      comment: 'rack 3',
      bmc: { user: 'admin', passwordSet: true, firmware: 'uefi' },
    });
  });

  it('needs no firmware: it is heard', async () => {
    const { firmware: _firmware, ...without } = CONTROL;
    expect(await edit(without)).toMatchObject({
      status: 200,
      body: {
        bmc: { driver: 'ipmi', firmware: null },
        effective: { firmware: { value: 'uefi', from: 'default', heard: null } },
      },
    });
    expect(await edit({ firmware: 'bios' })).toMatchObject({
      status: 200,
      body: { effective: { firmware: { value: 'bios', from: 'system' } } },
    });
    expect(await edit({ firmware: null })).toMatchObject({
      status: 200,
      body: { effective: { firmware: { from: 'default' } } },
    });
  });

  it('to IPMI is refused where the password on record is too long for it', async () => {
    await edit({ ...CONTROL, driver: 'redfish', password: 'p'.repeat(30) });
    const problems = [
      { path: 'bmc.password', message: expect.stringContaining('the one that is set is 30 bytes long') },
    ];
    expect(await edit({ driver: 'ipmi' })).toMatchObject({ status: 422, body: { problems } });
    expect(await edit({ driver: 'ipmi', password: 'short' })).toMatchObject({ status: 200 });
  });

  it('sends the password on record to no other address: it is given anew or taken away', async () => {
    await edit(CONTROL);
    const problems = [
      { path: 'bmc.password', message: expect.stringContaining('was given for the BMC at 10.50.0.1') },
    ];
    expect(await edit({ address: '10.50.0.2' })).toMatchObject({ status: 422, body: { problems } });
    expect(await edit({ address: '10.50.0.2', password: 'another' })).toMatchObject({ status: 200 });
    expect(await edit({ address: '10.50.0.3', password: null })).toMatchObject({
      status: 200,
      body: { bmc: { address: '10.50.0.3', passwordSet: false } },
    });
    expect(await edit({ address: '10.50.0.4' })).toMatchObject({ status: 200 });
  });
});

describe('a shared address', () => {
  const shared = (more: object = {}) => ({ ...CONTROL, address: '10.50.0.9', shared: true, ...more });

  it('is that of every blade that says so', async () => {
    for (const number of [2, 3])
      expect(await addBlade(number, shared({ node: `${number}` }))).toMatchObject({ status: 201 });
    expect((await world.call('GET', '/api/v1/systems/blade3')).body).toMatchObject({
      bmc: { address: '10.50.0.9', shared: true, node: '3' },
    });
  });

  it.each([
    { what: 'the first does not say so', first: { shared: false }, second: {} },
    { what: 'the second does not say so', first: {}, second: { shared: false } },
  ])('is refused where $what, and the holder is named', async ({ first, second }) => {
    await addBlade(2, shared({ node: '2', ...first }));
    const holder = 'BMC of system blade2';
    expect(await addBlade(3, shared({ node: '3', ...second }))).toMatchObject({
      status: 409,
      body: { conflict: { holder, command: 'provision system show blade2' } },
    });
  });

  it.each([{}, { node: '2', port: 623 }])(
    'is refused for two that would switch each other: %j',
    async (place) => {
      await addBlade(2, shared(place));
      const problems = [{ path: 'bmc.node', message: expect.stringContaining('system blade2') }];
      expect(await addBlade(3, shared(place))).toMatchObject({ status: 422, body: { problems } });
      expect(await addBlade(3, shared({ ...place, port: 6230 }))).toMatchObject({ status: 201 });
    },
  );

  it('is free again when the last one leaves, and can be had unshared by who is alone on it', async () => {
    await addBlade(2, shared({ node: '2' }));
    await addBlade(3, shared({ node: '3' }));
    await world.call('DELETE', '/api/v1/systems/blade2');
    expect(await addBlade(4, { address: '10.50.0.9' })).toMatchObject({
      status: 409,
      body: { conflict: { holder: 'BMC of system blade3' } },
    });
    expect(await edit({ shared: false }, 'blade3')).toMatchObject({
      status: 200,
      body: { bmc: { shared: false } },
    });
    await edit(null, 'blade3');
    expect(await addBlade(4, { address: '10.50.0.9' })).toMatchObject({ status: 201 });
  });

  it('is nobody’s interface', async () => {
    await addBlade(2, shared({ address: '10.99.0.30' }));
    const body = { interfaces: [{ name: 'eth0', mac: macOf(1), ip: '10.99.0.30' }] };
    expect(await world.call('PATCH', '/api/v1/systems/web001', body)).toMatchObject({ status: 409 });
  });
});
