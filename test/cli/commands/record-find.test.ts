import { describe, expect, it } from 'vitest';
import { globTest } from '../../../src/cli/records/glob.ts';
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

describe('system find', () => {
  it.each([
    ['system find', '', 'web001 web002 db001'],
    ['system find web*', '?name=web*', 'web001 web002'],
    ['system find web001 db*', '', 'web001 db001'],
    ['system find web[1-9]* web00[12]', '', 'web001 web002'],
    ['system find --profile debian* --role web', '?role=web', 'web001'],
    ['system find --state none', '?state=none', 'web002 db001'],
    ['system find --state rea*', '', 'web001'],
    ['system find --ip 10.98.0.*', '', 'db001'],
    ['system find --ip 10.98.0.4', '?ip=10.98.0.4', 'db001'],
    ['system find --mac 52-54-00-AA-00-01', '?mac=52-54-00-AA-00-01', 'db001'],
    ['system find --mac 52:54:00:12:*', '?mac=52%3A54%3A00%3A12%3A*', 'web001 web002'],
    ['system find --subnet db', '', 'db001'],
    ['system find --comment *RACK*', '', 'web002'],
    ['system find --power unknown db00?', '?name=db00%3F&power=unknown', 'db001'],
  ])('%s', async (line, query, names) => {
    // The server may do nothing of it: what is found is the same.
    const whole = { [`GET /api/v1/systems${query}`]: { status: 200, body: { items } } };
    const { stdout, code } = await runCli([...line.split(' '), '--quiet'], { server: whole });
    expect(stdout.trim().split('\n').join(' ')).toBe(names);
    expect(code).toBe(0);
  });

  it('that finds nothing says so by its exit status too', async () => {
    const server = { 'GET /api/v1/systems?name=mail*': { status: 200, body: { items: [] } } };
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
