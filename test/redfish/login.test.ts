import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/access/secret.ts';
import type { BmcFailure } from '../../src/domain/power/bmc-error.ts';
import { redfishDriver } from '../../src/redfish/driver.ts';
import { IDRAC9, OLD, PLAIN } from '../support/redfish-sim/flavours.ts';
import { bmcErrorOf, bmcTarget, sessionOf, withRedfish } from '../support/redfish-sim/redfish-session.ts';
import { answer, refusal, SIM_PASSWORD, SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const status = (sim: SimulatedRedfish, target = {}) =>
  withRedfish(sim, (session) => session.powerState(), target);
const SESSIONS = '/redfish/v1/SessionService/Sessions';

describe('the login', () => {
  it('costs five requests with the status, and the session is gone after it', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    await status(sim);
    expect(sim.asked).toEqual([
      'GET /redfish/v1',
      `POST ${SESSIONS}`,
      'GET /redfish/v1/Systems',
      `GET ${sim.systemPath}`,
      `DELETE ${SESSIONS}/1`,
    ]);
  });

  const ROOT = {
    SessionService: { '@odata.id': '/redfish/v1/SessionService' },
    Systems: { '@odata.id': '/redfish/v1/Systems' },
  };

  it.each(['GET', 'POST'])(
    'falls back to basic authentication where the sessions are only promised: %s',
    async (asked) => {
      const sim = new SimulatedRedfish(OLD);
      sim.override = ({ method, path }) => {
        if (path === '/redfish/v1/') return answer(200, ROOT, {});
        if (!path.startsWith('/redfish/v1/SessionService')) return undefined;
        return refusal(method === asked ? 404 : 401, 'X.1.0.X', 'No.');
      };
      expect(await status(sim)).toBe('off');
      expect(sim.asked).toContain('GET /redfish/v1/SessionService');
    },
  );

  it('finds the sessions where reading about them needs one', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ path }) => (path === '/redfish/v1/' ? answer(200, ROOT, {}) : undefined);
    expect(await status(sim)).toBe('off');
    expect(sim.asked.at(-1)).toBe(`DELETE ${SESSIONS}/1`);
  });

  it('tells a wrong password, asked once only, and never shows it', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    const password = new Secret('wrong horse');
    const error = await bmcErrorOf(status(sim, { password }));
    expect([error.failure, error.retry]).toEqual(['wrong-credentials', false]);
    expect(sim.asked.filter((asked) => asked.startsWith('POST'))).toHaveLength(1);
    expect(inspect(error, { depth: 9 })).not.toContain('wrong horse');
    expect((await bmcErrorOf(status(new SimulatedRedfish(OLD), { password }))).failure).toBe(
      'wrong-credentials',
    );
  });

  it.each([PLAIN, IDRAC9])('tells a BMC out of sessions: $name', async (flavour) => {
    const sim = new SimulatedRedfish(flavour);
    for (let i = 0; i < flavour.maxSessions; i += 1) sim.sessions.set(`other-${i}`, `${SESSIONS}/other-${i}`);
    const error = await bmcErrorOf(status(sim));
    expect([error.failure, error.retry]).toEqual(['out-of-sessions', true]);
    expect(sim.sessions.size).toBe(flavour.maxSessions);
  });

  const answers: [string, number, string, BmcFailure][] = [
    ['a bare 400', 400, 'iLO.0.10.UnauthorizedLoginAttempt', 'wrong-credentials'],
    ['forbidden', 403, 'Base.1.8.InsufficientPrivilege', 'wrong-credentials'],
    ['a password to be changed first', 403, 'Base.1.8.PasswordChangeRequired', 'wrong-credentials'],
    ['a BMC that starts', 503, 'Base.1.8.ServiceTemporarilyUnavailable', 'busy'],
    ['too many requests', 429, 'Base.1.8.Odd', 'busy'],
    ['a session without a token', 201, 'Base.1.8.Created', 'malformed'],
  ];
  it.each(answers)('tells %s', async (_name, code, messageId, failure) => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ method }) => (method === 'POST' ? refusal(code, messageId, 'No.') : undefined);
    expect((await bmcErrorOf(status(sim))).failure).toBe(failure);
  });

  it('tells that there is no password, and one that cannot be sent', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    expect((await bmcErrorOf(status(sim, { password: null }))).message).toBe(
      'there is no password on record',
    );
    const error = await bmcErrorOf(status(sim, { password: new Secret(`${SIM_PASSWORD}\n`) }));
    expect(error.failure).toBe('wrong-credentials');
    expect(error.message).not.toContain(SIM_PASSWORD);
  });

  it('takes a session that ended in the middle for what it is', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    const lost = withRedfish(sim, (session) => {
      sim.sessions.clear();
      return session.powerState();
    });
    const error = await bmcErrorOf(lost);
    expect([error.failure, error.retry]).toEqual(['timeout', true]);
    expect(error.message).toContain('ended the session');
  });

  it.each(['/sessions/7', 'https://idrac-abc.example/sessions/7', 'https://127.0.0.1/sessions/7'])(
    'ends the session at %s, where the body names none',
    async (location) => {
      const sim = new SimulatedRedfish(PLAIN);
      sim.sessions.set('t', '/sessions/7');
      sim.override = ({ method }) =>
        method === 'POST' ? { status: 201, headers: { 'x-auth-token': 't', location }, text: '' } : undefined;
      expect(await status(sim)).toBe('off');
      expect(sim.asked.at(-1)).toBe('DELETE /sessions/7');
    },
  );

  it('that nobody waits for any more leaves no session over', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    const caller = new AbortController();
    const ended = new Promise<void>((resolve) => {
      sim.override = ({ method }) => {
        if (method === 'POST') caller.abort();
        if (method === 'DELETE') setImmediate(resolve);
        return undefined;
      };
    });
    const driver = redfishDriver(() => sim.transport());
    const error = await bmcErrorOf(
      sessionOf(driver, bmcTarget(), (session) => session.powerState(), caller.signal),
    );
    expect([error.failure, error.message]).toEqual(['timeout', 'was given up in the middle of the login']);
    await ended;
    expect(sim.sessions.size).toBe(0);
  });

  it('does not mind a BMC that cannot end a session', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ method }) => (method === 'DELETE' ? refusal(500, 'X.1.0.X', 'No.') : undefined);
    expect(await status(sim)).toBe('off');
  });
});

describe('the system', () => {
  const several = () => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ method, path }) =>
      method === 'GET' && path === '/redfish/v1/Systems'
        ? answer(
            200,
            { Members: [{ '@odata.id': '/redfish/v1/Systems/Blade%201' }, { '@odata.id': sim.systemPath }] },
            {},
          )
        : undefined;
    return sim;
  };

  it('is the one that the record names', async () => {
    expect(await status(several(), { node: PLAIN.systemId })).toBe('off');
  });

  it('has to be named where there are several', async () => {
    const error = await bmcErrorOf(status(several()));
    expect(error.message).toBe(
      `manages several systems (Blade 1, ${PLAIN.systemId}); name one: provision system edit web001 --bmc-node ID`,
    );
    expect((await bmcErrorOf(status(several(), { node: '9' }))).message).toContain("manages no system '9'");
  });

  it.each([{ Members: [] }, { Members: [{}] }, { Members: 'all' }, {}])('is not there: %j', async (list) => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ path }) => (path === '/redfish/v1/Systems' ? answer(200, list, {}) : undefined);
    expect(['unsupported', 'malformed']).toContain((await bmcErrorOf(status(sim))).failure);
  });

  it('is no business of a BMC without Redfish', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = () => ({ status: 404, headers: {}, text: '<html>' });
    const error = await bmcErrorOf(status(sim));
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      'has no Redfish at /redfish/v1/; switch it on in the BMC',
    ]);
  });
});
