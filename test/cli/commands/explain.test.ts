import { describe, expect, it } from 'vitest';
import type { ExplainStep, Explanation } from '../../../src/domain/install/explanation.ts';
import { runCli } from '../../support/fake-cli.ts';

const step = (name: ExplainStep['name'], more: Partial<ExplainStep> = {}): ExplainStep => ({
  name,
  outcome: 'ok',
  says: `says ${name}`,
  why: null,
  hint: null,
  text: null,
  data: {},
  ...more,
});
const told = (...steps: ExplainStep[]): Explanation => ({
  mac: '52:54:00:00:00:01',
  system: 'web001',
  firmware: { kind: 'bios', from: 'asked for' },
  isIpxe: false,
  subnet: 'lab',
  by: 'on lan0',
  isAsIfArmed: true,
  install: null,
  steps,
});
const FULL = told(
  step('dhcp', { why: 'it is reserved', text: 'OFFER xid=1\n  1 subnetMask: 255.255.255.0' }),
  step('script', { text: '#!ipxe\nboot\n' }),
  step('kernel', { text: 'quiet url=http://x' }),
  step('answer-file', { text: 'line 1\nline \u001b[2J2\n', outcome: 'warning', hint: 'mend it' }),
);
const URL = 'GET /api/v1/explain?who=web001';
const serve = (body: Explanation, line = URL) => ({ server: { [line]: { status: 200, body } } });

describe('explain', () => {
  it('tells each step, why, and what to do', async () => {
    const { stdout, code } = await runCli(['explain', 'web001'], serve(FULL));
    expect(code).toBe(0);
    expect(stdout).toBe(`web001 (52:54:00:00:00:01), bios, on lan0, as if it were armed
dhcp         says dhcp
             because: it is reserved
             1 subnetMask: 255.255.255.0
script       says script
kernel       says kernel
             kernel args: quiet url=http://x
answer-file  says answer-file
             do: mend it
`);
  });

  it('--show has the text alone, printable', async () => {
    const answer = await runCli(['explain', 'web001', '--show', 'answer'], serve(FULL));
    expect(answer.stdout).toBe('line 1\nline \\u{1b}[2J2\n');
    const none = await runCli(['explain', 'web001', '--show', 'script'], serve(told(step('dhcp'))));
    expect(none).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('would get no script'),
    });
  });

  it('--json has everything; an error on the way is exit code 1', async () => {
    const broken = told(step('dhcp', { outcome: 'error' }));
    const result = await runCli(['explain', 'web001', '--json'], serve(broken));
    expect([JSON.parse(result.stdout), result.code]).toEqual([broken, 1]);
  });

  it('asks for what it was told', async () => {
    const line = `${URL}&arch=uefi-http&loaderClass=ipxe&asIfArmed=true&subnet=far`;
    const argv = [
      'explain',
      'web001',
      '--arch',
      'uefi-http',
      '--loader-class',
      'ipxe',
      '--as-if-armed',
      '--subnet',
      'far',
    ];
    expect((await runCli(argv, serve(FULL, line))).code).toBe(0);
  });

  it.each([
    [['explain', 'web001', '--arch', 'vax'], /one of: bios/],
    [['explain', 'web001', '--show', 'all'], /one of: dhcp/],
    [['explain', 'web001', '--loader-class', 'grub'], /one of: ipxe/],
  ])('%j is a mistake on the command line', async (argv, words) => {
    const result = await runCli(argv);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(words);
  });
});
