import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/fake-cli.ts';

const ok = { name: 'key', state: 'ok', what: 'fits', next: null };
const warning = { name: 'dhcp', state: 'warning', what: 'off', next: 'turn it on' };
const problem = { name: 'ports', state: 'problem', what: 'taken', next: 'stop it' };
const answer = (...items: object[]) => ({ 'GET /api/v1/doctor': { status: 200, body: { items } } });

describe('doctor', () => {
  it('is done when nothing is broken; a warning is no failure', async () => {
    const result = await runCli(['doctor'], { server: answer(ok, warning) });
    expect(result).toMatchObject({ code: 0, stderr: '0 problems, 1 warning\n' });
    expect(result.stdout).toBe('ok\tkey\tfits\t\nwarning\tdhcp\toff\tturn it on\n');
  });

  it('fails when there is a problem', async () => {
    const result = await runCli(['doctor'], { server: answer(problem, warning), stdoutTty: true });
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/ports: stop it\ndhcp: turn it on\n$/);
  });

  it('gives the same status with --json, and the document alone', async () => {
    const result = await runCli(['doctor', '--json'], { server: answer(problem) });
    expect(result).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(result.stdout)).toEqual({ items: [problem] });
  });
});
