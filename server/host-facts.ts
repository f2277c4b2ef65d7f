import { existsSync, readdirSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import type { HostFacts, InterfaceFact } from '../src/services/doctor/facts.ts';
import type { MachineInterface } from './net/interfaces.ts';
import { RECEIVE_BUFFER_BYTES } from './net/udp-socket.ts';

/** Asks the machine, now. What it does not say is null: in a container much of it is not there. */
export async function readHostFacts(dataDir: string): Promise<HostFacts> {
  const number = async (path: string): Promise<number | null> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    return /^\d+$/.test(text.trim()) ? Number(text) : null;
  };
  const disk = await statfs(dataDir).catch(() => undefined);
  return {
    capabilities: parseCapabilities(await readFile('/proc/self/status', 'utf8').catch(() => '')),
    firstFreePort: await number('/proc/sys/net/ipv4/ip_unprivileged_port_start'),
    receiveBufferBytes: await number('/proc/sys/net/core/rmem_max'),
    wantedReceiveBufferBytes: RECEIVE_BUFFER_BYTES,
    // bavail: what root keeps for itself is no room for us.
    disk:
      disk === undefined
        ? null
        : { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
    clockIsSynchronised: clockIsSynchronised(),
  };
}

/** The effective capabilities in a text of /proc/PID/status. */
export function parseCapabilities(status: string): bigint | null {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return hex === undefined ? null : BigInt(`0x${hex}`);
}

/** Only systemd-timesyncd leaves a word where everybody may read it; without it nothing is known. */
function clockIsSynchronised(): boolean | null {
  if (!existsSync('/run/systemd/timesync')) return null;
  return existsSync('/run/systemd/timesync/synchronized');
}

/** The machine's interfaces, with those marked that are ports of a bridge or bond. */
export function interfaceFacts(interfaces: readonly MachineInterface[]): InterfaceFact[] {
  return interfaces.map(({ name, up, addresses }) => ({
    name,
    up,
    isPort: hasMaster(name),
    addresses: addresses.map(({ address }) => address),
  }));
}

function hasMaster(name: string): boolean {
  try {
    return readdirSync(`/sys/class/net/${name}`).includes('master');
  } catch {
    return false;
  }
}
