import { describe, expect, it } from 'vitest';
import { BmcError, type BmcFailure } from '../../src/domain/power/bmc-error.ts';
import type { PowerAction } from '../../src/domain/power/power.ts';
import { chooseReset, powerStateOf } from '../../src/redfish/reset.ts';
import { IDRAC9, PLAIN } from '../support/redfish-sim/flavours.ts';
import { bmcErrorOf, withRedfish } from '../support/redfish-sim/redfish-session.ts';
import { refusal, SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const system = (PowerState: unknown = 'On') => ({
  PowerState,
  Actions: { '#ComputerSystem.Reset': { target: '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset' } },
});

describe('the ResetType of an action', () => {
  const rows: [PowerAction, readonly string[] | null, string][] = [
    ['on', null, 'On'],
    ['on', ['ForceOn', 'ForceOff'], 'ForceOn'],
    ['off', ['On', 'ForceOff'], 'ForceOff'],
    ['cycle', ['ForceRestart', 'PowerCycle'], 'PowerCycle'],
    ['reset', ['GracefulRestart', 'ForceRestart'], 'ForceRestart'],
    ['soft', ['GracefulShutdown', 'PushPowerButton'], 'GracefulShutdown'],
    ['soft', ['PushPowerButton'], 'PushPowerButton'],
  ];
  it.each(rows)('%s of %j is %s', (action, allowed, type) => {
    expect(chooseReset(system(), action, allowed).type).toBe(type);
  });

  const refused: [string, object, PowerAction, readonly string[] | null, BmcFailure, string][] = [
    ['is not offered', system(), 'reset', ['On'], 'unsupported', 'offers no ForceRestart (it offers On)'],
    ['is not offered at all', system(), 'on', [], 'unsupported', 'it offers none'],
    [
      'has no action',
      { PowerState: 'On' },
      'on',
      null,
      'unsupported',
      'offers no action ComputerSystem.Reset',
    ],
    [
      'is a button that would switch on',
      system('Off'),
      'soft',
      ['PushPowerButton'],
      'refused',
      'switch the machine on',
    ],
  ];
  it.each(refused)('%s', (_name, resource, action, allowed, failure, words) => {
    const choose = () => chooseReset(resource as Record<string, unknown>, action, allowed);
    expect(choose).toThrow(BmcError);
    expect(choose).toThrow(words);
    expect(choose).toThrow(expect.objectContaining({ failure }));
  });
});

describe('the power state', () => {
  it.each([
    ['On', 'on'],
    ['Off', 'off'],
    ['PoweringOn', 'off'],
    ['PoweringOff', 'on'],
    ['Paused', 'on'],
  ])('%s is %s', (text, state) => expect(powerStateOf(system(text))).toBe(state));

  it.each([
    [null, 'busy'],
    [undefined, 'busy'],
    [7, 'busy'],
    ['constructor', 'malformed'],
    ['Melting', 'malformed'],
  ])('%j is no state', (text, failure) => {
    const read = () => powerStateOf({ PowerState: text });
    expect(read).toThrow(expect.objectContaining({ failure }));
  });
});

describe('after an error the state counts', () => {
  it('takes "already on" for done', async () => {
    const sim = new SimulatedRedfish(IDRAC9);
    sim.state.power = 'On';
    await withRedfish(sim, (session) => session.power('on'));
    expect(sim.state.power).toBe('On');
  });

  it('takes an error for done where it was done', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ method, path }) => {
      if (method !== 'POST' || !path.includes('Reset')) return undefined;
      sim.state.power = 'On';
      return refusal(500, 'Base.1.8.InternalError', 'The request failed.');
    };
    await withRedfish(sim, (session) => session.power('on'));
  });

  const honest: [string, PowerAction, number, BmcFailure][] = [
    ['where nothing was done', 'on', 400, 'refused'],
    ['of a reset, of which no state tells', 'reset', 500, 'busy'],
    ['of somebody who may not', 'off', 403, 'privilege'],
  ];
  it.each(honest)('tells the error %s', async (_name, action, status, failure) => {
    const sim = new SimulatedRedfish(PLAIN);
    sim.override = ({ method, path }) =>
      method === 'POST' && path.includes('Reset') ? refusal(status, 'X.1.0.Odd', 'No.') : undefined;
    const error = await bmcErrorOf(withRedfish(sim, (session) => session.power(action)));
    expect(error.failure).toBe(failure);
    expect(error.message).toContain(`with status ${status}: No.`);
  });
});
