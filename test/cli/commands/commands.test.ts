import { describe, expect, it } from 'vitest';
import { type PowerUp, waysFor } from '../../../src/domain/power/power-up.ts';
import { apiInstall } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';

const INSTALL = 'POST /api/v1/systems/web001/install';

describe('system install and cancel', () => {
  it('says what was armed, until when, and what happens next', async () => {
    const server = { [INSTALL]: { status: 201, body: apiInstall() } };
    const result = await runCli(['system', 'install', 'web001'], { server, stdoutTty: true });
    expect(result.requests.map(({ line, body }) => [line, body])).toEqual([[INSTALL, {}]]);
    expect(result.stdout).toBe(`SYSTEM  STATE  ATTEMPTS USED  ARMED BY  EXPIRES  POWER
web001  armed  0/1            ada       in 4 h   -
`);
    expect(result.stderr).toBe(`armed one attempt for web001; it expires in 4 h (2026-11-22 13:00:00Z)
next: boot the machine from the network; its disk is overwritten, and then it boots from its disk
watch it with: provision system timeline web001 --follow
`);
  });

  it('says what its BMC does, and asks for no power, for a cycle or for more time', async () => {
    const blank = { at: 0, since: '', timeoutSeconds: 300, deadline: null, job: null };
    const told = {
      ways: waysFor('redfish', 'bios'),
      isSet: false,
      canSet: true,
      seen: [],
      outcome: null,
    };
    const powerUp: PowerUp = { ...blank, ...told, step: 'off' };
    const server = { [INSTALL]: { status: 201, body: apiInstall({ powerUp }) } };
    const ask = (...flags: string[]) => runCli(['system', 'install', 'web001', ...flags], { server });
    const result = await ask('--cycle', '--netboot-timeout', '20m');
    expect(result.requests[0]?.body).toEqual({ cycle: true, netbootTimeoutSeconds: 1200 });
    expect(result.stdout).toMatch(/\toff, way 1 of 2\n$/);
    expect(result.stderr).toContain('its BMC switches the machine off and on, from the network; its disk is');
    expect((await ask('--no-power')).requests[0]?.body).toEqual({ power: false });
    expect(await ask('--netboot-timeout', 'soon')).toMatchObject({ code: 2, requests: [] });
  });

  it('judges the budget by the same schema as the server', async () => {
    const result = await runCli(['system', 'install', 'web001', '--attempts', '99', '--expires', '1m']);
    expect(result).toMatchObject({ code: 5, requests: [] });
    expect(result.stderr).toMatch(/^ {2}--attempts: .*\n {2}--expires: /m);
  });

  it('cancels', async () => {
    const server = {
      'POST /api/v1/systems/web001/cancel': { status: 200, body: apiInstall({ state: 'cancelled' }) },
    };
    const result = await runCli(['system', 'cancel', 'web001'], { server });
    expect(result.stdout).toBe('web001\tcancelled\t0/1\tada\t2026-11-22T13:00:00.000Z\t\n');
    expect(result.stderr).toBe('cancelled the install of web001; network boots are sent to the local disk\n');
  });
});

describe('remove', () => {
  const server = { 'DELETE /api/v1/systems/web001': { status: 204 } };
  const argv = ['system', 'remove', 'web001'];
  const terminal = { server, stdinTty: true, stdoutTty: true };

  it('does not ask in a script', async () => {
    const result = await runCli(argv, { server });
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: 'removed system web001\n', questions: [] });
  });

  it.each(['y', 'Y', 'yes', ' YES '])('asks on a terminal, and takes %j as yes', async (answer) => {
    const result = await runCli(argv, { ...terminal, typed: [answer] });
    expect(result.questions).toEqual(['Remove system web001? [y/N] ']);
    expect(result.code).toBe(0);
    expect(result.requests).toHaveLength(1);
  });

  it.each(['', 'n', 'yup', 'web001'])('takes %j as no', async (answer) => {
    const result = await runCli(argv, { ...terminal, typed: [answer] });
    expect(result).toMatchObject({ code: 1, stderr: 'error: system web001 was not removed\n', requests: [] });
  });

  it('does not ask with --yes', async () => {
    expect(await runCli([...argv, '--yes'], terminal)).toMatchObject({ code: 0, questions: [] });
  });
});

describe('subnet and distro', () => {
  const subnet = { name: 'lab', network: '10.99.0.0/24', gateway: null, dhcp: 'off', ranges: [] };

  it('says that a new subnet is not answered yet', async () => {
    const result = await runCli(['subnet', 'add', 'lab', '--network', '10.99.0.0/24'], {
      server: { 'POST /api/v1/subnets': { status: 201, body: subnet } },
    });
    expect(result.requests[0]?.body).toEqual({ name: 'lab', network: '10.99.0.0/24' });
    expect(result.stdout).toBe('lab\t10.99.0.0/24\t\toff\t\n');
    expect(result.stderr).toContain('next: provision subnet edit lab --dhcp authoritative\n');
  });

  it('names the flag of a field that the server refuses', async () => {
    const body = {
      title: 'invalid',
      status: 422,
      code: 'invalid',
      detail: 'gateway: no (and 2 more)',
      problems: [
        { path: 'gateway', message: 'is not in 10.99.0.0/24' },
        { path: 'ranges.1.from', message: 'overlaps' },
        { path: 'somethingElse', message: 'is odd' },
      ],
    };
    const argv = 'subnet edit lab --gateway 10.0.0.1 --range 10.99.0.9-10.99.0.10'.split(' ');
    const result = await runCli(argv, { server: { 'PATCH /api/v1/subnets/lab': { status: 422, body } } });
    expect(result.stderr).toBe(`error: not valid, so nothing was changed
  --gateway: is not in 10.99.0.0/24
  --range (ranges.1.from): overlaps
  somethingElse: is odd
`);
    expect(result.code).toBe(5);
  });

  it('edits a distro with one request', async () => {
    const distro = { name: 'debian-13', family: 'debian', version: '13', arch: 'x86_64', tree: null };
    const argv = ['distro', 'edit', 'debian-13', '--version', '13.1', '--rename', 'debian-13.1'];
    const result = await runCli(argv, {
      server: { 'PATCH /api/v1/distros/debian-13': { status: 200, body: distro } },
    });
    expect(result.requests.map(({ body }) => body)).toEqual([{ version: '13.1', name: 'debian-13.1' }]);
    expect(result.stdout).toBe('debian-13\tdebian\t13\tx86_64\t\n');
  });
});
