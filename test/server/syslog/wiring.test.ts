import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../../server/log.ts';
import { type InstallerLogging, openInstallerLogs } from '../../../server/syslog/wiring.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

// An address of loopback that nothing else of the tests listens on.
const HERE = { listen: '127.51.4.1', port: 5514 };

let world: ServiceWorld;
let logging: InstallerLogging;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(async () => {
  await logging.stop();
  await world.dispose();
});

async function open(config: { readonly enabled: boolean }): Promise<InstallerLogging> {
  const { deps, dataDir, services } = world;
  const { events, installs } = services;
  const log = createLog('silent', { write: () => {} });
  const more = { config: { ...HERE, ...config }, noteSignOfLife: () => {} };
  logging = openInstallerLogs({ deps, dataDir, log, events, installs, ...more });
  await logging.start();
  return logging;
}

it('listens by UDP and TCP, and says how much of strangers it has dropped', async () => {
  const { status, logs } = await open({ enabled: true });
  const tcp = { name: 'syslog tcp', state: 'listening', address: 'tcp 127.51.4.1:5514', reason: null };
  expect(status()).toMatchObject([{ name: 'syslog', state: 'listening', reason: null }, tcp]);
  logs.take(ip('10.1.2.3'), Buffer.from('<13>a: b'));
  expect(status()).toMatchObject([
    { name: 'syslog', reason: '1 messages or connections dropped, of no machine that installs itself' },
    tcp,
  ]);
});

it('a port that is taken is told with its remedy, and the other one is served', async () => {
  const other = createSocket('udp4').bind(HERE.port, HERE.listen);
  await once(other, 'listening');
  const { status } = await open({ enabled: true });
  expect(status()).toMatchObject([
    { name: 'syslog', state: 'refused', remedy: expect.stringContaining('ss -ulnp sport = :5514') },
    { name: 'syslog tcp', state: 'listening' },
  ]);
  other.close();
});

it('off is off, and says what that means', async () => {
  const { status } = await open({ enabled: false });
  expect(status()).toMatchObject([
    { name: 'syslog', state: 'off', reason: expect.stringContaining('syslog.enabled') },
  ]);
});
