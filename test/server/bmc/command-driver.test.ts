import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCommandDriver } from '../../../server/bmc/command-driver.ts';
import type { BmcSession, BmcTarget } from '../../../src/domain/power/bmc-driver.ts';
import type { BmcFailure } from '../../../src/domain/power/bmc-error.ts';
import { type CommandSet, commandSetSchema } from '../../../src/domain/power/command-set.ts';
import { bmcErrorOf, bmcTarget, sessionOf } from '../../support/redfish-sim/redfish-session.ts';
import { SIM_PASSWORD } from '../../support/redfish-sim/simulated-redfish.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program of the configuration: Node with a script, since every machine of the tests has it. */
const node = (script: string, ...args: readonly string[]) => [process.execPath, '-e', script, '--', ...args];
const REPORT = `const fs = require('node:fs'); let stdin = ''; try { stdin = fs.readFileSync(0, 'utf8') } catch {}
  process.stdout.write(JSON.stringify({ args: process.argv.slice(1), env: process.env, stdin, cwd: process.cwd() }));
  process.exit(3);`;

function withSet<T>(
  fields: Partial<CommandSet>,
  work: (session: BmcSession) => Promise<T>,
  target: Partial<BmcTarget> = {},
  signal?: AbortSignal,
): Promise<T> {
  const pdu = commandSetSchema.parse(fields);
  const driver = createCommandDriver(() => ({ pdu }));
  return sessionOf(
    driver,
    bmcTarget({ command: 'pdu', address: '10.0.0.9', node: '7', ...target }),
    work,
    signal,
  );
}

describe('a command', () => {
  it('gets its arguments, the named environment, the password on stdin, and nothing else', async () => {
    const out = join(folder, 'seen.json');
    const script = `${REPORT.replace('process.stdout.write(', `fs.writeFileSync(${JSON.stringify(out)}, `).replace('exit(3)', 'exit(0)')}`;
    process.env['PROVISION_TEST_LEAK'] = 'leaked';
    await withSet(
      {
        on: node(script, '--host={address}', '{node}', '{user}', '{system}'),
        password: 'stdin',
        env: { LANG: 'C' },
      },
      (session) => session.power('on'),
    );
    delete process.env['PROVISION_TEST_LEAK'];
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
      args: ['--host=10.0.0.9', '7', 'admin', 'web001'],
      env: { LANG: 'C' },
      stdin: `${SIM_PASSWORD}\n`,
      cwd: '/',
    });
  });

  it('gets the password in the variable that the configuration names', async () => {
    const script = `process.exit(process.env.PDU_PW === ${JSON.stringify(SIM_PASSWORD)} && process.argv.length === 1 ? 0 : 1)`;
    await withSet({ off: node(script), password: 'env:PDU_PW' }, (session) => session.power('off'));
  });

  it('gets no password unless the configuration says how', async () => {
    const error = await bmcErrorOf(withSet({ on: node(REPORT) }, (session) => session.power('on')));
    expect(error.message).toContain('"stdin":""');
    expect(error.message).not.toContain(SIM_PASSWORD);
  });

  it('is no shell: what a shell would obey is text', async () => {
    const script = `process.exit(process.argv[1] === '$(touch x); * > y' ? 0 : 1)`;
    await withSet({ on: node(script, '{node}') }, (session) => session.power('on'), {
      node: '$(touch x); * > y',
    });
  });

  it('never shows the password, even if it writes it itself', async () => {
    const script = `process.stderr.write('login with ${SIM_PASSWORD} failed\\u001b[2J\\nmore'); process.exit(1)`;
    const error = await bmcErrorOf(withSet({ on: node(script) }, (session) => session.power('on')));
    expect(error.message).toBe('the command ended with status 1: login with [secret] failed\\u{1b}[2J');
    expect(inspect(error, { depth: 9 })).not.toContain(SIM_PASSWORD);
  });

  const exits: [number, Partial<CommandSet>, BmcFailure | undefined][] = [
    [0, {}, undefined],
    [1, {}, 'refused'],
    [7, { exits: { '7': 'unreachable' } }, 'unreachable'],
    [5, { exits: { '5': 'wrong-credentials' } }, 'wrong-credentials'],
    [0, { exits: { '0': 'busy' } }, 'busy'],
    [2, { exits: { '2': 'off' } }, 'refused'],
    [0, { exits: { '0': 'on' } }, undefined],
  ];
  it.each(exits)('that ends with status %i by %j fails with %s', async (status, fields, failure) => {
    const run = withSet({ ...fields, reset: node(`process.exit(${status})`) }, (session) =>
      session.power('reset'),
    );
    if (failure === undefined) await run;
    else expect((await bmcErrorOf(run)).failure).toBe(failure);
  });

  const states: [string, Partial<CommandSet>, string][] = [
    ["console.log('Outlet 7: ON')", {}, 'on'],
    ["console.log('Status of node 7 on rack 3 is off')", {}, 'off'],
    ['process.exit(2)', { exits: { '0': 'on', '2': 'off' } }, 'off'],
    ['0', { exits: { '0': 'on', '2': 'off' } }, 'on'],
  ];
  it.each(states)('for the status: %s with %j is %s', async (script, fields, state) => {
    expect(await withSet({ ...fields, status: node(script) }, (session) => session.powerState())).toBe(state);
  });

  it.each([
    ["console.log('offline? none')", 'malformed', 'neither on nor off, but: offline? none'],
    ['0', 'malformed', 'neither on nor off, but: nothing'],
    ["console.log('on'); process.exit(4)", 'refused', 'ended with status 4: on'],
  ])('for the status: %s is %s', async (script, failure, words) => {
    const error = await bmcErrorOf(withSet({ status: node(script) }, (session) => session.powerState()));
    expect(error.failure).toBe(failure);
    expect(error.message).toContain(words);
  });

  it('for boot and locator gets what is asked for', async () => {
    const script = "process.exit(['pxe,uefi', '15'].includes(process.argv.slice(1).join()) ? 0 : 1)";
    await withSet(
      { boot: node(script, '{device}', '{firmware}'), identify: node(script, '{seconds}') },
      async (session) => {
        expect(
          await session.setBootDevice({ device: 'pxe', firmware: 'uefi', persistent: false }),
        ).toBeNull();
        await session.identify(15);
      },
    );
  });
});

describe('what a command cannot do', () => {
  const none: [string, Partial<BmcTarget>, string][] = [
    ['has no such verb', {}, "the command set 'pdu' has no 'soft'"],
    ['has no such set', { command: 'ups' }, "no command set 'ups' under power.commands (it has pdu)"],
    ['names an inherited one', { command: 'constructor' }, "no command set 'constructor'"],
    [
      'names none',
      { command: null },
      'no command set is named: provision system edit web001 --bmc-command NAME',
    ],
  ];
  it.each(none)('%s', async (_name, target, words) => {
    const error = await bmcErrorOf(withSet({}, (session) => session.power('soft'), target));
    expect(error.failure).toBe('unsupported');
    expect(error.message).toContain(words);
  });

  it('is said for what no command is for', async () => {
    const error = await bmcErrorOf(withSet({}, (session) => session.sensors()));
    expect(error.message).toBe("the command set 'pdu' cannot read sensors");
  });

  it('is started with a value that could be an option', async () => {
    const error = await bmcErrorOf(
      withSet({ on: node('0', '{node}') }, (session) => session.power('on'), { node: '-x' }),
    );
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      'its command needs {node}, which begins with a dash',
    ]);
  });

  it('is a program that is not there', async () => {
    const error = await bmcErrorOf(withSet({ on: ['/no/such/program'] }, (session) => session.power('on')));
    expect([error.failure, error.message]).toEqual([
      'unsupported',
      '/no/such/program cannot be started (ENOENT)',
    ]);
  });
});
