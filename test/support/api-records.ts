import type { BootEvent } from '../../src/domain/boot/boot-event.ts';
import type { Install } from '../../src/domain/install/install.ts';
import { PLAIN_SHAPE, type SystemInterface } from '../../src/domain/network/network-interface.ts';
import type { Profile } from '../../src/domain/records/profile.ts';
import type { System } from '../../src/domain/records/system.ts';

/** Records as the API answers them; each test names only what it is about. */

const STAMPS = {
  id: 1,
  revision: 3,
  createdAt: '2026-11-22T08:00:00.000Z',
  updatedAt: '2026-11-22T08:30:00.000Z',
};

export function apiInstall(more: Partial<Install> = {}): Install {
  return {
    id: 7,
    system: 'web001',
    state: 'armed',
    stateAt: '2026-11-22T09:00:00.000Z',
    batch: null,
    position: null,
    attempts: 1,
    attemptsUsed: 0,
    scriptsServed: 0,
    armedAt: '2026-11-22T09:00:00.000Z',
    armedBy: 'ada',
    expiresAt: '2026-11-22T13:00:00.000Z',
    updatedAt: '2026-11-22T09:00:00.000Z',
    stage: null,
    reason: null,
    failure: null,
    hint: null,
    handoff: 'none',
    hostKeys: [],
    powerUp: null,
    ...more,
  };
}

/** A card as the API shows it. */
export function apiCard(
  card: Pick<SystemInterface, 'name' | 'mac' | 'ip' | 'subnet'> & Partial<SystemInterface>,
): SystemInterface {
  return { ...PLAIN_SHAPE, addresses: [], sharedAddresses: [], ...card };
}

export function apiSystem(more: Partial<System> = {}): System {
  return {
    ...STAMPS,
    name: 'web001',
    hostname: 'web001',
    profile: 'debian-13',
    roles: [],
    interfaces: [apiCard({ name: 'eth0', mac: '52:54:00:12:34:56', ip: '10.99.0.11', subnet: 'lab' })],
    bmc: null,
    power: null,
    kernelArgs: [],
    loader: null,
    localBoot: null,
    handoff: null,
    settings: {},
    dhcpOptions: [],
    secretsSet: [],
    comment: '',
    effective: {
      loader: { value: 'ipxe', from: 'default' },
      localBoot: { value: 'auto', from: 'default' },
      handoff: { value: 'none', from: 'default' },
      firmware: { value: 'uefi', from: 'default', heard: null },
    },
    install: null,
    inService: null,
    lock: null,
    ...more,
  };
}

export function apiProfile(more: Partial<Profile> = {}): Profile {
  return {
    ...STAMPS,
    name: 'debian-13',
    distro: 'debian-13',
    install: 'installer',
    answerFile: 'debian-13.preseed',
    answerKind: 'preseed',
    image: null,
    kernelArgs: [],
    loader: null,
    localBoot: null,
    handoff: null,
    settings: {},
    dhcpOptions: [],
    secretsSet: [],
    ...more,
  };
}

export function apiEvent(id: number, more: Partial<BootEvent> = {}): BootEvent {
  return {
    id,
    at: `2026-11-22T09:00:${String(id).padStart(2, '0')}.000Z`,
    system: 'web001',
    mac: '52:54:00:12:34:56',
    installId: 7,
    stage: 'dhcp-discover',
    outcome: 'ok',
    message: 'asked for an address',
    data: {},
    ...more,
  };
}
