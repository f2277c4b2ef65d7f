import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BmcSession } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { pathOf } from '../../src/redfish/link.ts';
import type { RedfishResponse } from '../../src/redfish/transport.ts';
import { must } from '../support/must.ts';
import { FLAVOURS, PLAIN } from '../support/redfish-sim/flavours.ts';
import { bmcErrorOf, withRedfish } from '../support/redfish-sim/redfish-session.ts';
import { answer, SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const METHODS: Readonly<Record<string, (session: BmcSession) => Promise<unknown>>> = {
  powerState: (session) => session.powerState(),
  power: (session) => session.power('soft'),
  setBootDevice: (session) => session.setBootDevice({ device: 'pxe', firmware: 'uefi', persistent: false }),
  bootDevice: (session) => session.bootDevice(),
  identify: (session) => session.identify(1),
  info: (session) => session.info(),
  sensors: (session) => session.sensors(),
  log: (session) => session.log(5),
};

const methodOf = (name: string) => must(METHODS[name], name);

/** A hostile BMC answers sometimes right, and sometimes what the test makes of it. */
const spoil = (sim: SimulatedRedfish, of: (usual: RedfishResponse, nth: number) => RedfishResponse) => {
  const usual = new SimulatedRedfish(sim.flavour);
  let nth = 0;
  sim.override = (request) => {
    nth += 1;
    return of(usual.handle(request), nth);
  };
};

const values = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    '\u0000\u001b[2J',
    [],
    {},
    '//evil.example/',
    'On',
    '__proto__',
  ),
  fc.jsonValue(),
);

/** Puts `value` in place of the nth value of a JSON text, whatever it is. */
function replaceNth(text: string, nth: number, value: unknown): string {
  let seen = 0;
  return JSON.stringify(
    JSON.parse(text, (_key, old: unknown) => {
      seen += 1;
      return seen === nth ? value : old;
    }),
  );
}

describe('answers of any shape', () => {
  it.each(Object.keys(METHODS))('never bring %s to anything but a result or a BmcError', async (name) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FLAVOURS),
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 1, max: 60 }),
        values,
        async (flavour, request, place, value) => {
          const sim = new SimulatedRedfish(flavour);
          spoil(sim, (usual, nth) =>
            nth === request && usual.text !== ''
              ? { ...usual, text: replaceNth(usual.text, place, value) }
              : usual,
          );
          const outcome = await withRedfish(sim, methodOf(name)).then(
            () => 'done',
            (error: unknown) => (error instanceof BmcError ? 'told' : error),
          );
          expect(['done', 'told']).toContain(outcome);
        },
      ),
      { seed: 20261122, numRuns: 150 },
    );
  });

  it.each(Object.keys(METHODS))('cut anywhere, end %s with a BmcError or a result', async (name) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FLAVOURS),
        fc.nat(12),
        fc.nat(400),
        async (flavour, request, length) => {
          const sim = new SimulatedRedfish(flavour);
          spoil(sim, (usual, nth) =>
            nth === request ? { ...usual, text: usual.text.slice(0, length) } : usual,
          );
          const outcome = await withRedfish(sim, methodOf(name)).catch((error: unknown) => error);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BmcError);
        },
      ),
      { seed: 20261123, numRuns: 60 },
    );
  });

  it.each([
    ['nothing', ''],
    ['HTML', '<html>'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['half an object', '{"Systems":'],
    ['brackets without an end', '['.repeat(1_000_000)],
    ['a million levels', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['quotes without an end', `{"a":"${'\\"'.repeat(500_000)}`],
  ])('is malformed: %s', async (_name, text) => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = () => ({ status: 200, headers: {}, text });
    expect((await bmcErrorOf(withRedfish(sim, (session) => session.powerState()))).failure).toBe('malformed');
  });
});

describe('lists', () => {
  const systems = (next: (page: number) => unknown) => {
    const sim = new SimulatedRedfish(PLAIN);
    let page = 0;
    sim.override = ({ path }) => {
      if (!path.startsWith('/redfish/v1/Systems?') && path !== '/redfish/v1/Systems') return undefined;
      page += 1;
      return answer(200, { Members: [], 'Members@odata.nextLink': next(page) }, {});
    };
    return sim;
  };
  it.each([
    ['in circles', () => '/redfish/v1/Systems'],
    ['without an end', (page: number) => `/redfish/v1/Systems?$skip=${page}`],
    ['to another host', () => 'https://evil.example/redfish/v1/Systems'],
  ])('that lead on %s are malformed', async (words, next) => {
    const sim = systems(next);
    const error = await bmcErrorOf(withRedfish(sim, (session) => session.powerState()));
    expect(error.failure).toBe('malformed');
    expect(error.message).toContain(words === 'to another host' ? 'leads to another host' : words);
    expect(sim.asked.length).toBeLessThan(60);
    expect(sim.sessions.size).toBe(0);
  });

  it('of several pages are read whole', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ path }) =>
      path === '/redfish/v1/Systems'
        ? answer(
            200,
            { Members: [], 'Members@odata.nextLink': 'https://127.0.0.1/redfish/v1/Systems?page=2' },
            {},
          )
        : undefined;
    expect(await withRedfish(sim, (session) => session.powerState())).toBe('off');
  });
});

describe('redirects', () => {
  const redirected = (status: number, location: string, on = 'GET') => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ method, path }) =>
      method === on && !path.endsWith('/') && path.startsWith('/redfish/v1/S')
        ? { status, headers: { location: location === '' ? `${path}/` : location }, text: '' }
        : undefined;
    return sim;
  };

  it.each([301, 302, 307, 308])('of status %i on the same BMC are followed', async (status) => {
    expect(await withRedfish(redirected(status, ''), (session) => session.powerState())).toBe('off');
  });

  it('of a login are followed only where they keep it whole', async () => {
    expect(await withRedfish(redirected(308, '', 'POST'), (session) => session.powerState())).toBe('off');
    const lost = withRedfish(redirected(302, '', 'POST'), (session) => session.powerState());
    expect((await bmcErrorOf(lost)).failure).toBe('malformed');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    'http://127.0.0.1/x',
    'https://127.0.0.1:444/',
    'ftp:x',
    '/a b',
  ])('to %s are refused, and nothing more is sent', async (location) => {
    const sim = redirected(307, location);
    expect((await bmcErrorOf(withRedfish(sim, (session) => session.powerState()))).failure).toBe('malformed');
    expect(sim.asked).toHaveLength(4);
  });

  it('in circles end', async () => {
    const sim = redirected(307, '/redfish/v1/Systems');
    const error = await bmcErrorOf(withRedfish(sim, (session) => session.powerState()));
    expect(error.message).toBe('redirects GET /redfish/v1/Systems again and again');
  });
});

describe('references', () => {
  it.each([
    ['/redfish/v1/Chassis/1/Thermal#/Fans/0', '/redfish/v1/Chassis/1/Thermal'],
    ['Systems?$skip=2', '/redfish/v1/Systems?$skip=2'],
    ['https://10.0.0.9/redfish/v1/', '/redfish/v1/'],
    ['https://10.0.0.9:443/redfish/v1/', '/redfish/v1/'],
  ])('%s is %s', (reference, path) => expect(pathOf(reference, '/redfish/v1/', ['10.0.0.9'])).toBe(path));

  it.each([
    '\\\\evil.example/',
    '/\\evil.example/',
    'h\nttps://x/',
    `/${'x'.repeat(3000)}`,
    'https://[/',
    'data:x',
  ])('%j is none', (reference) =>
    expect(() => pathOf(reference, '/redfish/v1/', ['10.0.0.9'])).toThrow(BmcError),
  );
});
