import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { httpStreams } from '../../../src/cli/connect/http-streams.ts';
import { httpTransport } from '../../../src/cli/connect/http-transport.ts';
import { type Client, createClient } from '../../../src/client/client.ts';
import type { ConsoleSeat } from '../../../src/client/console-client.ts';
import type { BmcError } from '../../../src/domain/power/bmc-error.ts';
import { type FakeConsole, failure } from '../../support/fake-bmcs.ts';
import { must } from '../../support/must.ts';
import { bmcOf, openPowerWorld } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let client: Client;

beforeEach(async () => {
  world = await openPowerWorld(1);
  const url = await world.local.listen({ host: '127.0.0.1', port: 0 });
  const address = { kind: 'url', url } as const;
  client = createClient({ request: httpTransport(address), openStream: httpStreams(address) });
});

afterEach(() => world.dispose());

const bmc = () => bmcOf(world, 1);
/** The pause between two sessions with one BMC is over. */
const pause = () => world.powerClock.advance(1_000);
const machine = (): FakeConsole => must(bmc().console, 'an open console');
const writes = (text: string): void => machine().options.onOutput(Buffer.from(text));

/** Somebody at the console, with what is shown to them. */
class Person {
  shown = '';
  isOver = false;
  readonly seat: ConsoleSeat;

  constructor(seat: ConsoleSeat) {
    this.seat = seat;
    void this.#look();
  }

  async #look(): Promise<void> {
    for await (const bytes of this.seat.output) this.shown += Buffer.from(bytes).toString();
    this.isOver = true;
  }

  sees(text: string) {
    return expect.poll(() => this.shown).toContain(text);
  }
}

const sit = async (mode: 'write' | 'watch' | 'steal') =>
  new Person(await client.consoles.open('web001', mode));

describe('a console', () => {
  test('shows what the machine writes and types what is typed, byte by byte', async () => {
    const ada = await sit('write');
    expect(ada.seat.mayType).toBe(true);
    await ada.seat.type(Buffer.from('root\r\u0003'));
    await ada.seat.sendBreak();
    expect([machine().typed, machine().breaks]).toEqual(['root\r\u0003', 1]);
    writes('Password: ');
    await ada.sees('Password: ');
  });

  test('is one for all who look; a newcomer sees what was before', async () => {
    const ada = await sit('write');
    writes('login: ');
    const bob = await sit('watch');
    await bob.sees('login: ');
    writes('more');
    await Promise.all([ada.sees('more'), bob.sees('more')]);
    expect(bmc().consoles).toBe(1);
  });

  test('has one writer; the keyboard may be taken, and the other is told', async () => {
    const ada = await sit('write');
    const bob = await sit('write');
    expect([bob.seat.mayType, bob.seat.writer]).toEqual([false, 'local']);
    await expect(bob.seat.type(Buffer.from('x'))).rejects.toMatchObject({ code: 'wrong-state' });
    const eve = await sit('steal');
    expect(eve.seat.mayType).toBe(true);
    await ada.sees('has taken the keyboard');
    await expect(ada.seat.type(Buffer.from('x'))).rejects.toMatchObject({ code: 'wrong-state' });
    await eve.seat.type(Buffer.from('y'));
    expect(machine().typed).toBe('y');
  });

  test('is given back with the last who leaves, and the keyboard with its writer', async () => {
    const ada = await sit('write');
    const bob = await sit('watch');
    ada.seat.leave();
    await expect.poll(async () => (await sit('write')).seat.mayType).toBe(true);
    const ended = machine().ended;
    bob.seat.leave();
    await world.local.close();
    expect(await ended).toBeNull();
  });

  test('does not keep the service from stopping, and says that it stops', async () => {
    const ada = await sit('write');
    await world.local.close();
    await ada.sees('[provision: the service stops]');
  });

  test('says why it is over, and can be opened anew', async () => {
    const ada = await sit('write');
    machine().end('the BMC does not answer any more');
    await ada.sees('[provision: the BMC does not answer any more]');
    await expect.poll(() => ada.isOver).toBe(true);
    await expect(ada.seat.type(Buffer.from('x'))).rejects.toMatchObject({ code: 'not-found' });
    const anew = sit('write');
    await pause();
    expect((await anew).seat.mayType).toBe(true);
    expect(bmc().consoles).toBe(2);
  });
});

test.each<[string, BmcError]>([
  ['does not answer', failure('unreachable')],
  ['refused the command', failure('refused')],
])('a BMC that %s', async (words, error) => {
  bmc().failures.push(error);
  await expect(sit('write')).rejects.toMatchObject({
    code: 'bmc-failed',
    message: expect.stringContaining(words),
  });
  const again = sit('write');
  await pause();
  await expect(again).resolves.toBeDefined();
});

test('a machine that is not there, and a mode that is none', async () => {
  await expect(client.consoles.open('nobody', 'write')).rejects.toMatchObject({ code: 'not-found' });
  const answer = await world.call('GET', '/api/v1/systems/web001/console?mode=own');
  expect(answer.status).toBe(422);
});
