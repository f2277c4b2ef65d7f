import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BootWorld, MACHINE, openBootWorld, SCRIPT } from '../../support/boot-world.ts';
import { ip } from '../../support/dhcp-packets.ts';

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
  await world.arm();
});
afterEach(() => world.dispose());

it('every file that was handed out has the address that it went to', async () => {
  for (const path of [SCRIPT, ...['kernel', 'initrd', 'answer'].map((name) => `/i/${world.token()}/${name}`)])
    expect(await world.client.fetch(path)).toMatchObject({ status: 200 });
  await world.report('installed');
  await world.client.fetch(SCRIPT);
  const told = (await world.events()).filter(({ stage }) => stage !== 'armed' && stage !== 'state');
  const stages = ['boot-script', 'kernel', 'initrd', 'answer-file', 'installed', 'local-boot'];
  expect(told.map(({ stage, data }) => [stage, (data as { address?: string }).address])).toEqual(
    stages.map((stage) => [stage, MACHINE]),
  );
});

it('also where a proxy brought the request, or sends the file', async () => {
  const caller = {
    address: ip(MACHINE),
    server: { address: ip('127.0.0.1'), httpPort: 80 },
    isByProxy: true,
  };
  const file = await world.boot.file(world.token(), 'kernel', caller);
  if ('delivered' in file) {
    file.delivered({ byProxy: true });
    file.delivered({ bytes: 17, total: 17, ms: 1 });
  }
  expect((await world.events()).filter(({ stage }) => stage === 'kernel')).toMatchObject([
    { message: 'handed to the proxy, which sends it', data: { address: MACHINE, byProxy: true } },
    { data: { bytes: 17, address: MACHINE, byProxy: true } },
  ]);
});
