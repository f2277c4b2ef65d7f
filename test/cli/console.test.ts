import { describe, expect, test } from 'vitest';
import type { OpenStream } from '../../src/client/transport.ts';
import { runCli } from '../support/fake-cli.ts';

const SEAT = '/api/v1/systems/web001/console/s1';

/** A console that writes this, and then stays as it is. */
function consoleOf(headers: Record<string, string>, ...output: string[]) {
  const asked: string[] = [];
  let left = false;
  const openStream: OpenStream = async ({ path }) => {
    asked.push(path);
    return {
      status: 200,
      header: (name) => ({ 'console-seat': 's1', ...headers })[name] ?? '',
      body: endless(output),
      close: () => {
        left = true;
      },
    };
  };
  return { asked, openStream, isLeft: () => left };
}

async function* endless(output: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of output) yield Buffer.from(text);
  await new Promise(() => {});
}

async function* pressed(...keys: string[]): AsyncGenerator<Uint8Array> {
  for (const key of keys) {
    // After what the machine has written so far.
    await new Promise((resolve) => setImmediate(resolve));
    yield Buffer.from(key);
  }
}

const input = { [`POST ${SEAT}/input`]: { status: 204 }, [`POST ${SEAT}/break`]: { status: 204 } };

describe('provision console', () => {
  test('shows bytes as they are, types what is typed, and leaves by ~.', async () => {
    const { asked, openStream, isLeft } = consoleOf({ 'console-may-type': 'true' }, 'login: \u001b[1m');
    const keys = pressed('root\r', '~B', '~?', '~.');
    const done = await runCli(['console', 'web001'], { openStream, keys, server: input, stdinTty: true });
    expect(done).toMatchObject({ code: 0, stdout: 'login: \u001b[1m' });
    expect(asked).toEqual(['/api/v1/systems/web001/console?mode=write']);
    expect(done.requests.map(({ line }) => line)).toEqual([`POST ${SEAT}/input`, `POST ${SEAT}/break`]);
    expect(Buffer.from(done.requests[0]?.body as Uint8Array).toString()).toBe('root\r');
    // A terminal in raw mode goes to the first column only if it is told.
    expect(done.stderr).toContain('\r\n~.   leave the console\r\n~B   send a break\r\n');
    expect(isLeft()).toBe(true);
  });

  test('only looks where another types, and says who', async () => {
    const { openStream } = consoleOf({ 'console-may-type': 'false', 'console-writer': 'ada' });
    const keys = pressed('reboot\r', '~.');
    const done = await runCli(['console', 'web001'], { openStream, keys, stdinTty: true });
    expect(done.requests).toEqual([]);
    expect(done.stderr).toContain('as ada types; --steal takes the keyboard');
  });

  test.each([
    ['--watch', 'watch'],
    ['--steal', 'steal'],
  ])('%s', async (flag, mode) => {
    const { asked, openStream } = consoleOf({ 'console-may-type': 'false' });
    await runCli(['console', 'web001', flag], { openStream, keys: pressed('~.'), stdinTty: true });
    expect(asked).toEqual([`/api/v1/systems/web001/console?mode=${mode}`]);
  });

  test('a keyboard that was taken is no end of looking', async () => {
    const { openStream } = consoleOf({ 'console-may-type': 'true' });
    const body = {
      title: 'wrong-state',
      status: 409,
      code: 'wrong-state',
      detail: 'bob types at this console',
    };
    const server = { [`POST ${SEAT}/input`]: { status: 409, body } };
    const keys = pressed('x\r', '~.');
    const done = await runCli(['console', 'web001'], { openStream, keys, server, stdinTty: true });
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('bob types at this console') });
  });

  test('what the server refuses is told', async () => {
    const openStream: OpenStream = async () => ({
      status: 404,
      header: () => 'application/problem+json',
      body: (async function* () {
        yield Buffer.from('{"title":"not-found","status":404,"code":"not-found","detail":"no such system"}');
      })(),
      close: () => {},
    });
    const done = await runCli(['console', 'web001'], { openStream });
    expect(done).toMatchObject({ code: 3, stderr: expect.stringContaining('no such system') });
  });

  test('--watch and --steal exclude each other', async () => {
    expect(await runCli(['console', 'web001', '--watch', '--steal'])).toMatchObject({ code: 2 });
  });
});
