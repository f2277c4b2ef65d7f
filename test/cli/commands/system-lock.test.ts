import { describe, expect, it } from 'vitest';
import { apiInstall, apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';

const LOCK = 'POST /api/v1/systems/web001/lock';
const UNLOCK = 'POST /api/v1/systems/web001/unlock';
const INSTALL = 'POST /api/v1/systems/web001/install';
const SYSTEM = 'GET /api/v1/systems/web001';

describe('system lock and unlock', () => {
  it('say what they did, and how to undo it', async () => {
    const said = { reason: 'customer data', by: 'ada', at: '2026-11-22T09:00:00.000Z' };
    const server = { [LOCK]: { status: 200, body: apiSystem({ lock: said }) } };
    const result = await runCli(['system', 'lock', 'web001', '--reason', 'customer data'], { server });
    expect(result).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('provision system unlock web001'),
    });
    expect(result.requests).toMatchObject([{ body: { reason: 'customer data' } }]);
    const undone = await runCli(['system', 'unlock', 'web001'], {
      server: { [UNLOCK]: { status: 200, body: apiSystem() } },
    });
    expect(undone).toMatchObject({ code: 0, stderr: 'unlocked web001\n' });
  });

  it('want a reason', async () => {
    expect(await runCli(['system', 'lock', 'web001'], {})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--reason'),
    });
  });
});

describe('system install of a machine that is in service', () => {
  const inService = '2026-11-21T10:00:00.000Z';
  const server = {
    [SYSTEM]: { status: 200, body: apiSystem({ inService }) },
    [INSTALL]: { status: 201, body: apiInstall() },
  };
  const argv = ['system', 'install', 'web001'];
  const atTerminal = { server, stdinTty: true, stdoutTty: true };
  const armed = (run: { requests: readonly { method: string; body?: unknown }[] }) =>
    run.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);

  it('has its name typed at a terminal', async () => {
    const typed = await runCli(argv, { ...atTerminal, typed: ['web001'] });
    expect(typed.questions).toEqual([
      `web001 is in service since ${inService}, and its disk will be overwritten. Type its name to go on: `,
    ]);
    expect(armed(typed)).toEqual([{ yesWipe: 'web001' }]);
    for (const wrong of ['', 'y', 'web002']) {
      const run = await runCli(argv, { ...atTerminal, typed: [wrong] });
      expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('web001 was not armed') });
      expect(armed(run)).toEqual([]);
    }
  });

  it('needs the flag without one, and asks nobody with it', async () => {
    const script = await runCli(argv, { server });
    expect(armed(script)).toEqual([{}]);
    const flag = await runCli([...argv, '--yes-wipe', 'web001'], atTerminal);
    expect(flag.questions).toEqual([]);
    expect(armed(flag)).toEqual([{ yesWipe: 'web001' }]);
  });

  it('asks nothing of one that is not', async () => {
    const idle = { ...server, [SYSTEM]: { status: 200, body: apiSystem() } };
    const run = await runCli(argv, { ...atTerminal, server: idle });
    expect(run).toMatchObject({ code: 0, questions: [] });
    expect(armed(run)).toEqual([{}]);
  });
});
