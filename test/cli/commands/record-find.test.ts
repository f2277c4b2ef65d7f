import { describe, expect, it } from 'vitest';
import { globTest } from '../../../src/cli/glob.ts';
import { apiCard, apiInstall, apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';

const items = [
  apiSystem({ roles: ['web'], install: apiInstall({ state: 'ready' }) }),
  apiSystem({ name: 'web002', comment: 'in rack 3', profile: 'rocky-9' }),
  apiSystem({
    name: 'db001',
    interfaces: [apiCard({ name: 'eth0', mac: '52:54:00:aa:00:01', ip: '10.98.0.4', subnet: 'db' })],
  }),
];
const server = { 'GET /api/v1/systems': { status: 200, body: { items } } };

describe('system find', () => {
  it.each([
    ['system find', 'web001 web002 db001'],
    ['system find web*', 'web001 web002'],
    ['system find web001 db*', 'web001 db001'],
    ['system find --profile debian* --role web', 'web001'],
    ['system find --state none', 'web002 db001'],
    ['system find --state ready', 'web001'],
    ['system find --ip 10.98.0.*', 'db001'],
    ['system find --mac 52-54-00-AA-00-01', 'db001'],
    ['system find --mac 52:54:00:12:*', 'web001 web002'],
    ['system find --subnet db', 'db001'],
    ['system find --comment *RACK*', 'web002'],
    ['system find --power unknown db00?', 'db001'],
  ])('%s', async (line, names) => {
    const { stdout, code } = await runCli([...line.split(' '), '--quiet'], { server });
    expect(stdout.trim().split('\n').join(' ')).toBe(names);
    expect(code).toBe(0);
  });

  it('that finds nothing says so by its exit status too', async () => {
    const result = await runCli(['system', 'find', 'mail*'], { server });
    expect(result).toMatchObject({ code: 3, stdout: '', stderr: 'no system is like that\n' });
  });

  it('refuses a pattern that is none', async () => {
    expect((await runCli(['system', 'find', 'web[z-a]'])).code).toBe(2);
  });
});

describe('patterns', () => {
  it.each([
    ['web*', 'web001', true],
    ['web*', 'aweb001', false],
    ['w?b', 'wéb', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['a.c', 'abc', false],
    ['a[', 'a[', true],
    ['[^a]', '^', true],
    ['(a|b)+', '(a|b)+', true],
    ['*', '', true],
  ])('%s means %s: %s', (pattern, text, expected) => expect(globTest(pattern)(text)).toBe(expected));
});
