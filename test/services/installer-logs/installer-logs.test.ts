import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstallState } from '../../../src/domain/install/install.ts';
import { type BootWorld, MACHINE, openBootWorld, STRANGER } from '../../support/boot-world.ts';
import { ip } from '../../support/dhcp-packets.ts';

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
  await world.arm();
});
afterEach(() => world.dispose());

const say = (text: string, from = MACHINE) => world.heard.logs.take(ip(from), Buffer.from(text));
const MENU = '<30>Nov 22 18:04:05 main-menu[315]: ';

/** The lines of the install's file without their times. */
async function kept(): Promise<string[]> {
  await world.heard.files.flush();
  const { id } = await world.install();
  const text = readFileSync(join(world.dataDir, 'installs', `${id}.log`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\S+Z /, ''));
}

describe('who is heard', () => {
  it.each<[InstallState, boolean]>([
    ['armed', false],
    ['booting', true],
    ['loading', true],
    ['installing', true],
    ['installed', true],
    ['failed', true],
    ['expired', false],
    ['cancelled', false],
  ])('a machine whose install is %s: %s', async (state, isHeard) => {
    await world.force({ state });
    say('<13>a: b');
    expect(world.heard.logs.isExpected(ip(MACHINE))).toBe(isHeard);
    expect(world.heard.logs.counters()).toMatchObject(
      isHeard ? { taken: 1, fromStrangers: 0 } : { taken: 0, fromStrangers: 2 },
    );
  });

  it('nobody else: they are counted', async () => {
    await world.force({ state: 'installing' });
    say('<13>a: b', STRANGER);
    say('<13>a: b', '10.1.2.3');
    say('<13>web001: it is me', STRANGER);
    expect(world.heard.logs.counters()).toEqual({ taken: 0, fromStrangers: 3, tooMany: 0 });
  });
});

describe('what is kept', () => {
  beforeEach(() => world.force({ state: 'installing' }));

  it('each message as a line with its time, without the token', async () => {
    say(`<6>kernel: Command line: url=http://10.0.0.1/i/${world.token()}/answer quiet`);
    say(`<13>wget: http://10.0.0.1/i/${world.token().slice(0, 30)}`);
    say('plain\x1b[2J text');
    expect(await kept()).toEqual([
      'kern.info kernel: Command line: url=http://10.0.0.1/i/<token>/answer quiet',
      'user.notice wget: http://10.0.0.1/i/<token>',
      'user.notice plain\\u{1b}[2J text',
    ]);
  });

  it('a line that is too long says how much is left out', async () => {
    say(`<13>a: ${'x'.repeat(60_000)}`);
    const [line = ''] = await kept();
    expect(line).toMatch(/^user\.notice a: x{8000,} … \(\d+ more\)$/);
    expect(line.length).toBeLessThan(8300);
  });

  it('a machine that says too much is cut short, and the log says so', async () => {
    for (let count = 0; count < 6_000; count += 1) say(`<13>a: ${count}`);
    expect(world.heard.logs.counters()).toEqual({ taken: 5_000, fromStrangers: 0, tooMany: 1_000 });
    world.nowMs += 1_000;
    say('<13>a: later');
    expect((await kept()).slice(-3)).toEqual([
      'user.notice a: 4999',
      '---- 1000 messages left out, they were too many ----',
      'user.notice a: later',
    ]);
  });

  it('the last lines are there at once, and after a restart out of the file', async () => {
    const { id } = await world.install();
    for (let count = 0; count < 60; count += 1) say(`<13>a: ${count}`);
    const last = await world.heard.logs.lastLines(id, 2);
    expect(last.map((line) => line.replace(/^\S+ /, ''))).toEqual(['user.notice a: 58', 'user.notice a: 59']);
    const fromFile = await world.heard.files.tail(id, 'syslog', 2);
    expect(fromFile?.text).toBe(`${last.join('\n')}\n`);
    expect(await world.heard.logs.lastLines(id + 1, 2)).toEqual([]);
  });

  it('nothing is forgotten of an install that speaks; the file of a system that is removed goes', async () => {
    say('<13>a: b');
    await world.heard.logs.prune();
    expect(await kept()).toEqual(['user.notice a: b']);
    await world.force({ state: 'cancelled' });
    await world.call('DELETE', '/api/v1/systems/web001');
    await world.heard.logs.prune();
    expect(await world.heard.files.list(1)).toEqual([]);
  });
});

describe('what follows from it', () => {
  beforeEach(() => world.force({ state: 'installing' }));
  const steps = async () =>
    (await world.events())
      .filter(({ stage }) => stage === 'progress')
      .map(({ message, data }) => [message, data]);

  it('steps of the installer are on the timeline, each once, and the install is at that stage', async () => {
    say(`${MENU}INFO: Menu item 'partman-base' selected`);
    say(`${MENU}INFO: Menu item 'partman-base' selected`);
    say(`${MENU}INFO: Menu item 'bootstrap-base' selected`);
    say('<142>Nov 22 18:04:05 web001 anaconda[1]: anaconda: x: Queue started: Payload installation (7/18)');
    expect(await steps()).toEqual([
      ['the disk is being partitioned', { step: 'partitioning', percent: null }],
      ['the base system is being installed', { step: 'base-system', percent: null }],
      ['packages are being installed (33 %)', { step: 'packages', percent: 33 }],
    ]);
    await expect.poll(world.install).toMatchObject({ state: 'installing', stage: 'packages' });
  });

  it('a step that the installer has reported itself is not told twice', async () => {
    await world.report('progress', { method: 'POST', body: 'base-system' });
    say(`${MENU}INFO: Menu item 'bootstrap-base' selected`);
    expect(await steps()).toHaveLength(1);
  });

  it('a failed step is told, and ends nothing: anybody can send a datagram in the name of a machine', async () => {
    say(`${MENU}WARNING **: Configuring 'partman-base' failed with error code 1`);
    say(`${MENU}WARNING **: Menu item 'partman-base' failed.`);
    expect(await steps()).toEqual([
      ["the installer's step 'partman-base' has failed", { failedStep: 'partman-base' }],
    ]);
    expect(await world.install()).toMatchObject({ state: 'installing' });
  });

  it('a machine that speaks is alive, noted once in ten seconds', async () => {
    const { id } = await world.install();
    for (const seconds of [0, 1, 8, 2, 9, 20]) {
      world.nowMs += seconds * 1_000;
      say('<13>a: b');
    }
    expect(world.heard.signsOfLife).toEqual([id, id, id]);
  });
});
