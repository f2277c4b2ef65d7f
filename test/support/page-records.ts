import type { PageWorld } from './page-world.ts';
import { addRecord, addRecords } from './service-world.ts';

/** What hostile machines and careless people may write, in places where it is shown. */
export const HOSTILE_TEXT =
  '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';

const bmcOf = (row: number) => ({
  address: `10.0.9.${10 + row}`,
  user: 'admin',
  password: 'geheim-4711',
  firmware: 'uefi',
});

/** A small site: machines of several states, one of which tells lies. */
export async function addSite(pages: PageWorld): Promise<void> {
  const { world } = pages;
  await addRecords(world);
  for (const [row, name] of ['db001', 'web002', 'web003', 'gpu001'].entries())
    await addRecord(world, 'systems', {
      name,
      profile: 'debian-13',
      roles: [name.slice(0, -3)],
      comment: name === 'gpu001' ? HOSTILE_TEXT : '',
      interfaces: [
        { mac: `52:54:00:00:01:0${row}`, ip: `10.99.0.2${row}` },
        ...(name === 'gpu001' ? [{ name: 'eth1', mac: '52:54:00:00:02:01' }] : []),
      ],
      bmc: bmcOf(row),
    });
  world.bmcs.at('10.0.9.10').state = 'on';
  await world.services.power.states.get('db001');
  await pages.post('/systems/db001/install', { confirm: 'db001', power: '' });
  await pages.post('/systems/web003/lock', { reason: 'holds the only copy of the wiki' });
  world.nowMs += 200_000;
  await hear(pages, 'db001', 'dhcp-discover', 'asked for an address');
  await hear(pages, 'db001', 'dhcp-offer', 'was offered 10.99.0.20');
  await hear(pages, 'db001', 'tftp', `snponly.efi: ${HOSTILE_TEXT}`);
  world.nowMs += 900_000;
}

/** Something is heard of a machine, and is on its timeline. */
export async function hear(
  { world: { services } }: PageWorld,
  name: string,
  stage: 'dhcp-discover' | 'dhcp-offer' | 'tftp' | 'progress',
  message: string,
): Promise<void> {
  const { id, install } = await services.systems.get(name);
  const event = { systemId: id, mac: null, installId: install?.id ?? null, outcome: 'ok', data: {} } as const;
  services.events.record({ ...event, stage, message });
  await services.events.flush();
  await services.feed.tick();
}
