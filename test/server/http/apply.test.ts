import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApplyResult } from '../../../src/domain/records/apply.ts';
import { makeActor } from '../../support/actors.ts';
import {
  addRecords,
  bodies,
  openServiceWorld,
  SECRET_HASH,
  type ServiceWorld,
} from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const MACS = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'] as const;
const PASSWORD = 'the-bmc-password';

function system(name: string, number: 1 | 2 | 3, more: object = {}): object {
  return {
    name,
    profile: 'debian-13',
    interfaces: [{ mac: MACS[number - 1], ip: `10.99.0.${number}0` }],
    ...more,
  };
}

function documentOf() {
  const { distro, profile, subnet } = bodies(world);
  return { distros: [distro], profiles: [profile], subnets: [subnet] };
}

async function apply(records: object, more: object = {}, query = '') {
  const { status, body } = await world.call('POST', `/api/v1/apply${query}`, { records, ...more });
  const answer = body as { results?: ApplyResult[]; code?: string; detail?: string; dryRun?: boolean };
  const actions = (answer.results ?? []).map(({ kind, name, action }) => `${kind} ${name} ${action}`);
  return { status, ...answer, actions };
}

async function shown(name: string): Promise<Record<string, unknown>> {
  return (await world.call('GET', `/api/v1/systems/${name}`)).body as Record<string, unknown>;
}

describe('a document of records', () => {
  it('is added in the order in which its kinds stand on each other, then it changes nothing', async () => {
    const document = { systems: [system('a', 1)], ...documentOf() };
    const first = await apply(document);
    expect(first).toMatchObject({ status: 200, dryRun: false });
    expect(first.actions).toEqual([
      'distro debian-13 added',
      'profile debian-13 added',
      'subnet lab added',
      'system a added',
    ]);
    expect(new Set((await apply(document)).results?.map(({ action }) => action))).toEqual(
      new Set(['unchanged']),
    );
    expect(await shown('a')).toMatchObject({ revision: 1 });
    expect(world.subnetChanges).toBeGreaterThan(0);
  });

  it('says what it changes, field by field', async () => {
    await apply({ ...documentOf(), systems: [system('a', 1, { comment: 'old' })] });
    const { results } = await apply({ systems: [system('a', 1, { comment: 'new', roles: ['web'] })] });
    expect(results).toEqual([
      {
        kind: 'system',
        name: 'a',
        action: 'updated',
        changes: [
          { path: 'roles', from: [], to: ['web'] },
          { path: 'comment', from: 'old', to: 'new' },
        ],
      },
    ]);
  });

  it('lets two systems change their addresses and MACs', async () => {
    await apply({ ...documentOf(), systems: [system('a', 1), system('b', 2)] });
    const { status, actions } = await apply({ systems: [system('a', 2), system('b', 1)] });
    expect({ status, actions }).toEqual({ status: 200, actions: ['system a updated', 'system b updated'] });
    expect(await shown('a')).toMatchObject({ interfaces: [{ mac: MACS[1], ip: '10.99.0.20' }] });
    expect(await shown('b')).toMatchObject({ interfaces: [{ mac: MACS[0], ip: '10.99.0.10' }] });
  });

  it('lets host names and addresses of BMCs change hands', async () => {
    const bmc = (n: number) => ({ address: `10.98.0.${n}`, firmware: 'uefi', driver: 'ipmi' });
    const pair = (a: number, b: number) => [
      system('a', 1, { hostname: `h${a}`, bmc: bmc(a) }),
      system('b', 2, { hostname: `h${b}`, bmc: bmc(b) }),
    ];
    await apply({ ...documentOf(), systems: pair(1, 2) });
    expect(await apply({ systems: pair(2, 1) })).toMatchObject({ status: 200 });
    expect(await shown('b')).toMatchObject({ hostname: 'h1', bmc: { address: '10.98.0.1' } });
  });

  it('gives the address of a system that goes to one that comes', async () => {
    await apply({ ...documentOf(), systems: [system('a', 1), system('b', 2)] });
    const { actions } = await apply({ systems: [system('c', 1), system('b', 2)] }, { remove: true });
    expect(actions).toEqual(['system c added', 'system b unchanged', 'system a removed']);
  });

  it('removes everything that it does not name, what others stand on last', async () => {
    await apply({ ...documentOf(), systems: [system('a', 1)] });
    const nothing = { distros: [], profiles: [], subnets: [], systems: [] };
    const { status, actions } = await apply(nothing, { remove: true });
    expect({ status, actions }).toEqual({
      status: 200,
      actions: [
        'distro debian-13 removed',
        'profile debian-13 removed',
        'subnet lab removed',
        'system a removed',
      ],
    });
    expect((await world.call('GET', '/api/v1/export')).body).toEqual(nothing);
  });

  it('leaves kinds alone that it does not name', async () => {
    await apply({ ...documentOf(), systems: [system('a', 1)] });
    expect((await apply({ subnets: documentOf().subnets }, { remove: true })).actions).toEqual([
      'subnet lab unchanged',
    ]);
  });

  it('keeps automatic addresses that are there, and never takes a named one for them', async () => {
    const auto = (name: string, n: 1 | 2 | 3) =>
      system(name, n, { interfaces: [{ mac: MACS[n - 1], ip: 'auto' }] });
    const named = system('z', 3, { interfaces: [{ mac: MACS[2], ip: '10.99.0.1' }] });
    const document = { ...documentOf(), systems: [auto('a', 1), auto('b', 2), named] };
    const { results } = await apply(document);
    expect(results?.at(3)?.changes).toContainEqual({
      path: 'interfaces',
      from: null,
      to: [{ mac: MACS[0], ip: '10.99.0.2' }],
    });
    expect(new Set((await apply(document)).results?.map(({ action }) => action))).toEqual(
      new Set(['unchanged']),
    );
  });
});

describe('a refusal', () => {
  it('leaves everything as it was, and tells all that is wrong', async () => {
    await addRecords(world);
    const wrong = system('b', 2, { profle: 'x', comment: 3 });
    const taken = { name: 'c', profile: 'debian-13', interfaces: [{ mac: MACS[2], ip: '10.99.0.11' }] };
    const answer = await apply({ systems: [system('a', 2), wrong, taken] });
    expect(answer).toMatchObject({ status: 422, code: 'invalid' });
    expect(answer.detail).toBe(
      "nothing was applied: system 'b': comment: must be text (and 1 more) (and 1 more)",
    );
    expect(answer.actions).toEqual(['system a added', 'system b refused', 'system c refused']);
    expect(answer.results?.[2]?.problem).toMatchObject({
      code: 'address-taken',
      conflict: { value: '10.99.0.11', holder: 'system web001' },
    });
    expect(await world.call('GET', '/api/v1/systems/a')).toMatchObject({ status: 404 });
  });

  it('is a conflict where one is the first', async () => {
    await addRecords(world);
    const taken = { name: 'c', profile: 'debian-13', interfaces: [{ mac: MACS[2], ip: '10.99.0.11' }] };
    expect(await apply({ systems: [taken] })).toMatchObject({ status: 409, code: 'address-taken' });
  });

  it('does not hold up the others in mode each', async () => {
    await addRecords(world);
    const taken = { name: 'c', profile: 'debian-13', interfaces: [{ mac: MACS[2], ip: '10.99.0.11' }] };
    for (const query of ['?dryRun=1', '']) {
      const { status, actions } = await apply({ systems: [taken, system('b', 2)] }, { mode: 'each' }, query);
      expect({ status, actions }).toEqual({ status: 200, actions: ['system c refused', 'system b added'] });
    }
    expect(await shown('b')).toMatchObject({ revision: 1 });
  });

  it('of a name that stands twice names it', async () => {
    await addRecords(world);
    const { actions, detail } = await apply({ systems: [system('b', 2), system('b', 2)] });
    expect(actions).toEqual(['system b added', 'system b refused']);
    expect(detail).toContain('stands in the document twice');
  });

  it('of a document that is none says what one is', async () => {
    const bad = await world.call('POST', '/api/v1/apply', { records: { system: [] }, mode: 'some' });
    expect(bad).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'records.system' }, { path: 'mode' }] },
    });
  });

  it('comes before anything else for files that are not there', async () => {
    const { distro } = bodies(world);
    const answer = await apply({ distros: [{ ...distro, kernel: `${world.dataDir}/distros/none` }] });
    expect(answer).toMatchObject({ status: 422, results: [{ problem: { problems: [{ path: 'kernel' }] } }] });
  });
});

describe('a dry run', () => {
  it('answers the same, and writes nothing', async () => {
    const document = { ...documentOf(), systems: [system('a', 1)] };
    const dry = await apply(document, {}, '?dryRun=1');
    expect((await world.call('GET', '/api/v1/export')).body).toMatchObject({ distros: [], systems: [] });
    const real = await apply(document);
    expect({ ...dry, dryRun: false }).toEqual(real);
  });
});

describe('secrets', () => {
  const bmc = (more: object = {}) => ({
    address: '10.98.0.1',
    driver: 'ipmi',
    firmware: 'uefi',
    user: 'ada',
    ...more,
  });

  it('are kept where the document says nothing, and the same again changes nothing', async () => {
    const secret = { ...documentOf(), systems: [system('a', 1, { bmc: bmc({ password: PASSWORD }) })] };
    await apply(secret);
    expect((await apply(secret)).actions).toEqual([
      'distro debian-13 unchanged',
      'profile debian-13 unchanged',
      'subnet lab unchanged',
      'system a unchanged',
    ]);
    const silent = await apply({ systems: [system('a', 1, { bmc: bmc(), comment: 'x' })] });
    expect(silent.results?.[0]?.changes).toEqual([{ path: 'comment', from: '', to: 'x' }]);
    expect(await shown('a')).toMatchObject({ bmc: { passwordSet: true } });
  });

  it('are said to be changed, and never said', async () => {
    await apply({ ...documentOf(), systems: [system('a', 1, { bmc: bmc({ password: PASSWORD }) })] });
    const changed = await apply({ systems: [system('a', 1, { bmc: bmc({ password: 'another-one' }) })] });
    expect(changed.results?.[0]?.changes).toEqual([{ path: 'bmc.password', from: 'set', to: 'changed' }]);
    const gone = await apply({ systems: [system('a', 1, { bmc: bmc({ password: null }) })] });
    expect(gone.results?.[0]?.changes).toEqual([{ path: 'bmc.password', from: 'set', to: null }]);
    const exported = JSON.stringify((await world.call('GET', '/api/v1/export')).body);
    for (const secret of [PASSWORD, 'another-one', SECRET_HASH]) expect(exported).not.toContain(secret);
    expect(exported).not.toContain('Set');
  });
});

it('an export of a profile takes nothing from the shipped one of its name', async () => {
  await addRecords(world);
  await world.call('PATCH', '/api/v1/profiles/debian-13', { settings: {}, kernelArgs: [] });
  const document = (await world.call('GET', '/api/v1/export')).body as { profiles: object[] };
  expect(document.profiles).toEqual([
    {
      name: 'debian-13',
      from: null,
      distro: 'debian-13',
      answerFile: 'debian-13.preseed',
      answerKind: 'preseed',
    },
  ]);
  expect((await apply(document)).actions).toContain('profile debian-13 unchanged');
});

describe('who may not', () => {
  const results = async (records: object, actor: Parameters<typeof makeActor>[1]) => {
    const body = { records, mode: 'each' };
    const answer = await world.services.apply.apply(body, makeActor('op', actor), false);
    return answer.results.map(({ name, action, problem }) => [name, action, problem?.code]);
  };

  it('change what machines stand on leaves it as it is, and may apply the rest', async () => {
    await addRecords(world);
    const { distros, profiles, subnets } = documentOf();
    const changed = subnets.map((subnet) => ({ ...subnet, mtu: 9000 }));
    const document = { distros, profiles, subnets: changed, systems: [system('b', 2)] };
    expect(await results(document, { role: 'operator' })).toEqual([
      ['debian-13', 'unchanged', undefined],
      ['debian-13', 'unchanged', undefined],
      ['lab', 'refused', 'not-permitted'],
      ['b', 'added', undefined],
    ]);
  });

  it('see a system neither changes nor removes nor exports it', async () => {
    await addRecords(world);
    await apply({ systems: [system('b', 2, { roles: ['web'] })] });
    const web = { role: 'operator', scope: ['web'] } as const;
    const { body } = await world.call('GET', '/api/v1/systems/web001');
    const foreign = { name: 'web001', profile: 'debian-13', interfaces: [{ mac: MACS[2] }], roles: ['web'] };
    expect(await results({ systems: [foreign, system('b', 2)] }, web)).toEqual([
      ['web001', 'refused', 'name-taken'],
      ['b', 'refused', 'invalid'],
    ]);
    await world.services.apply.apply({ records: { systems: [] }, remove: true }, makeActor('op', web), false);
    expect((await world.call('GET', '/api/v1/systems/web001')).body).toEqual(body);
    expect(await world.services.apply.export(makeActor('op', web))).toMatchObject({ systems: [] });
    expect(await world.call('GET', '/api/v1/systems/b')).toMatchObject({ status: 404 });
  });
});
