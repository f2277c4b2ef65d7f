import { describe, expect, it } from 'vitest';
import { type FakeAnswer, runCli } from '../../support/fake-cli.ts';

const LOG = {
  system: 'web001',
  install: 7,
  state: 'installing',
  name: 'syslog',
  names: ['syslog'],
  text: '',
  from: 0,
  next: 0,
  total: 0,
  leftOutBytes: 0,
};
const part = (change: Partial<typeof LOG>): FakeAnswer => ({ status: 200, body: { ...LOG, ...change } });
const FIRST = 'GET /api/v1/systems/web001/log';
const from = (offset: number) => `GET /api/v1/systems/web001/log?install=7&name=syslog&offset=${offset}`;

describe('system log', () => {
  it('shows the last lines; what a terminal would obey is shown', async () => {
    const server = { [FIRST]: part({ text: 'one\tx\ntwo\u001b[2J\n', next: 20, total: 20 }) };
    expect(await runCli(['system', 'log', 'web001'], { server })).toMatchObject({
      code: 0,
      stdout: 'one\tx\ntwo\\u{1b}[2J\n',
      stderr: '',
    });
  });

  it('asks for what the flags say', async () => {
    const line = 'GET /api/v1/systems/web001/log?install=3&name=anaconda&tail=5';
    const server = { [line]: part({ text: 'x\n' }) };
    const flags = ['--install', '3', '--name', 'anaconda', '--tail', '5'];
    expect(await runCli(['system', 'log', 'web001', ...flags], { server })).toMatchObject({ stdout: 'x\n' });
  });

  it('says when there is nothing, and what else there is', async () => {
    const server = { [FIRST]: part({ names: ['anaconda', 'program'] }) };
    expect(await runCli(['system', 'log', 'web001'], { server })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'the installer of web001 has said nothing yet; it has anaconda, program (--name)\n',
    });
  });

  it('--json gives the part as the API does', async () => {
    const server = { [FIRST]: part({ text: 'one\n', total: 4 }) };
    const result = await runCli(['system', 'log', 'web001', '--json'], { server });
    expect(JSON.parse(result.stdout)).toEqual({ ...LOG, text: 'one\n', total: 4 });
  });

  it('--all reads part after part, and says what is not kept', async () => {
    const server = {
      'GET /api/v1/systems/web001/log?offset=0': part({ text: 'one\n', next: 4, total: 30 }),
      [from(4)]: part({ text: 'two\n', from: 26, next: 30, total: 30, leftOutBytes: 22 }),
    };
    expect(await runCli(['system', 'log', 'web001', '--all'], { server })).toMatchObject({
      stdout: 'one\ntwo\n',
      stderr: '(22 bytes are not kept)\n',
    });
  });

  it.each([
    [['--tail', '0'], '--tail wants 1 to 10000 lines'],
    [['--all', '--tail', '5'], '--all and --tail exclude each other'],
    [['--install', '0'], '--install wants the id of an install'],
  ])('%j is a usage error', async (flags, words) => {
    const result = await runCli(['system', 'log', 'web001', ...flags]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  });
});

describe('system log --follow', () => {
  it('goes on with what comes, until the install is over', async () => {
    const server = {
      [FIRST]: part({ text: 'one\n', next: 4, total: 4 }),
      [from(4)]: [
        'unreachable',
        part({ from: 4, next: 4, total: 4 }),
        part({ text: 'two\n', next: 8, total: 8 }),
      ],
      [from(8)]: part({ state: 'failed', text: 'three\n', next: 14, total: 14 }),
    } as const;
    const result = await runCli(['system', 'log', 'web001', '--follow'], { server });
    expect(result).toMatchObject({ code: 0, stdout: 'one\ntwo\nthree\n' });
    expect(result.stderr).toBe(
      'the server does not answer; trying again\nthe install of web001 is over: failed\n',
    );
  });

  it('with --json each part is a line', async () => {
    const server = { [FIRST]: part({ state: 'installed', text: 'one\n', next: 4, total: 4 }) };
    const result = await runCli(['system', 'log', 'web001', '--follow', '--json'], { server });
    expect(
      result.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).text),
    ).toEqual(['one\n']);
  });
});
