import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { BurstEvent } from '../support/dhcp-burst.ts';
import { startBurst } from '../support/dhcp-namespaces.ts';
import { describeInNetwork } from '../support/dhcp-network.ts';
import { must } from '../support/must.ts';
import type { Namespaces } from '../support/namespaces.ts';

/** The `drops` column of the socket on port 67 in /proc/net/udp, and the bytes waiting in its queue. */
async function kernelQueue(spaces: Namespaces): Promise<{ waitingBytes: number; drops: number }> {
  const { stdout } = await spaces.run('server', ['cat', '/proc/net/udp']);
  const line = must(
    stdout.split('\n').find((text) => text.includes(' 00000000:0043 ')),
    'a socket on port 67',
  );
  const columns = line.trim().split(/\s+/);
  const [, waiting = ''] = (columns[4] ?? '').split(':');
  return { waitingBytes: Number.parseInt(waiting, 16), drops: Number(columns.at(-1)) };
}

/** Stops a process and returns once the kernel says it is stopped. */
async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!/^\d+ \(.*\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise(setImmediate);
}

const isSent = (event: BurstEvent): event is BurstEvent & { event: 'sent' } => event.event === 'sent';

describeInNetwork('a thousand DISCOVERs in one instant', 'storm', (network) => {
  const STORM = {
    to: '255.255.255.255',
    address: '10.67.0.50',
    count: 1_000,
    firstMac: '52:54:00:00:00:01',
    lastMac: '52:54:00:00:03:e8',
  };

  it('are all taken, though the server could not read meanwhile', async () => {
    network.spaces.ip('client0', 'address', 'add', `${STORM.address}/24`, 'dev', 'eth0');
    const responder = await network.start({ interfaces: ['lan0'], reply: 'broadcast' });
    const pid = must(responder.lines.child.pid, 'a pid');
    await freeze(pid);
    const burst = startBurst(network.spaces, 'client0', STORM);
    await burst.find(isSent);
    const queue = await kernelQueue(network.spaces);
    expect(queue.drops).toBe(0);
    // More waits than the kernel's usual buffer holds: without the larger one the rest would be lost.
    expect(queue.waitingBytes).toBeGreaterThan(212_992);
    process.kill(pid, 'SIGCONT');
    await responder.heard(STORM.lastMac);
    expect(await kernelQueue(network.spaces)).toEqual({ waitingBytes: 0, drops: 0 });
    const [status] = await responder.status();
    expect(status?.counters).toMatchObject({ dropped: 0, failed: 0, sendFailed: 0 });
    expect(new Set((await responder.packets()).map(({ mac }) => mac)).size).toBe(STORM.count);
  });
});
