import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtProgram } from '../support/build.ts';
import type { BurstEvent } from '../support/dhcp-burst.ts';
import {
  asResponder,
  createDhcpNetwork,
  type Responder,
  responderCommand,
  runUdhcpc,
  startBurst,
  startResponder,
} from '../support/dhcp-namespaces.ts';
import type { ResponderOptions } from '../support/dhcp-responder.ts';
import type { HandInOptions } from '../support/hand-in-sockets.ts';
import { speakLines } from '../support/line-process.ts';
import { must } from '../support/must.ts';
import { type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';

const missing = ['busybox', 'setpriv', 'tcpdump'].filter((name) => !haveProgram(name));
const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

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
const isReply = (event: BurstEvent): event is BurstEvent & { event: 'reply' } => event.event === 'reply';

const BOTH: readonly string[] = ['lan0', 'lan1'];
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

describe.skipIf(reason !== undefined)(
  `DHCP sockets in network namespaces${reason ? ` (${reason})` : ''}`,
  () => {
    let spaces: Namespaces;

    beforeEach(() => {
      spaces = createDhcpNetwork('sockets');
    });
    afterEach(() => spaces.remove());

    /** Starts one and waits until it serves what it can. */
    async function start(options: ResponderOptions, wrapper: readonly string[] = []): Promise<Responder> {
      const responder = startResponder(spaces, options, wrapper);
      await responder.started();
      return responder;
    }

    const heardOn = (responder: Responder) => [
      ...new Set(responder.packets().map(({ interfaceName, mac }) => `${interfaceName} ${mac}`)),
    ];
    const macOf = (namespace: string): string => {
      const [link] = JSON.parse(spaces.ip(namespace, '-json', 'link', 'show', 'dev', 'eth0'));
      return link.address;
    };

    it('serves two interfaces at once, each hearing only its own broadcasts', async () => {
      const responder = await start({ interfaces: BOTH, reply: 'broadcast' });
      const [first, second] = await Promise.all([runUdhcpc(spaces, 'client0'), runUdhcpc(spaces, 'client1')]);
      expect(first.stderr).toContain('lease of 10.67.0.101 obtained');
      expect(second.stderr).toContain('lease of 10.67.1.101 obtained');
      expect(heardOn(responder).sort()).toEqual([`lan0 ${macOf('client0')}`, `lan1 ${macOf('client1')}`]);
      expect(await responder.status()).toMatchObject(
        BOTH.map((name) => ({
          name,
          state: 'listening',
          socket: 'device',
          receiveBufferBytes: 4_194_304,
          unicastBeforeArp: true,
          notes: [],
          counters: { received: 2, replied: 2, broadcastInstead: 0 },
        })),
      );
    });

    it('hears nothing of an interface that is not wanted, and serves it once it is', async () => {
      const responder = await start({ interfaces: ['lan0'], reply: 'broadcast' });
      const refused = await runUdhcpc(spaces, 'client1', ['-t', '1']);
      expect(refused.code).toBe(1);
      expect(responder.packets()).toEqual([]);
      await responder.reconcile(BOTH);
      expect((await runUdhcpc(spaces, 'client1')).stderr).toContain('lease of 10.67.1.101');
      const [left] = await responder.reconcile(['lan1']);
      expect(left).toMatchObject({ name: 'lan1', state: 'listening' });
      expect((await runUdhcpc(spaces, 'client0', ['-t', '1'])).code).toBe(1);
    });

    it('reaches a client without an address by unicast, without asking ARP', async () => {
      const responder = await start({ interfaces: BOTH, reply: 'unicast-before-arp' });
      const filter = ['arp or (udp and src port 67)'];
      const capture = spaces.spawn('client0', ['tcpdump', '-i', 'eth0', '-c', '2', '-nel', ...filter]);
      await new Promise<void>((resolve) => {
        capture.stderr?.on('data', (text: Buffer) => {
          if (String(text).includes('listening on eth0')) resolve();
        });
      });
      let captured = '';
      capture.stdout?.on('data', (text: Buffer) => {
        captured += text;
      });
      const ended = new Promise((resolve) => capture.once('close', resolve));
      const client = await runUdhcpc(spaces, 'client0');
      await ended;
      expect(client.stderr).toContain('lease of 10.67.0.101 obtained');
      const [lan0] = JSON.parse(spaces.ip('server', '-json', 'link', 'show', 'dev', 'lan0'));
      const frames = captured.trim().split('\n');
      expect(frames).toHaveLength(2);
      for (const line of frames)
        expect(line).toMatch(
          new RegExp(`${lan0.address} > ${macOf('client0')}, .* 10.67.0.1.67 > 10.67.0.101.68`),
        );
      expect(spaces.ip('server', 'neighbour', 'show', '10.67.0.101')).toBe('');
      const [status] = await responder.status();
      expect(status?.counters).toMatchObject({ replied: 2, broadcastInstead: 0, sendFailed: 0 });
    });

    it('makes frames whose checksums a kernel accepts', async () => {
      const responder = await start({ interfaces: ['lan0'], reply: 'unicast-before-arp' });
      spaces.ip('client0', 'address', 'add', '10.67.0.101/24', 'dev', 'eth0');
      const burst = startBurst(spaces, 'client0', {
        address: '10.67.0.101',
        to: '255.255.255.255',
        count: 1,
        firstMac: macOf('client0'),
      });
      expect(await burst.find(isReply)).toMatchObject({ from: '10.67.0.1', port: 67, bytes: 300 });
      expect(responder.packets()).toMatchObject([{ interfaceName: 'lan0', port: 68 }]);
    });

    it('broadcasts without CAP_NET_RAW, and says so', async () => {
      const options = { interfaces: BOTH, reply: 'unicast-before-arp' } as const;
      const responder = await start(options, ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw']);
      expect((await runUdhcpc(spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
      const [status] = await responder.status();
      expect(status).toMatchObject({
        socket: 'device',
        unicastBeforeArp: false,
        notes: [expect.stringMatching(/EPERM.*CAP_NET_RAW/)],
        counters: { replied: 2, broadcastInstead: 2 },
      });
      expect(responder.logged()).toContain('DHCP reply broadcast: unicast before ARP is not possible');
    });

    it('serves as an ordinary user with CAP_NET_BIND_SERVICE alone', async () => {
      const wrapper = [
        ...NOBODY,
        '--inh-caps=-all,+net_bind_service',
        '--ambient-caps=-all,+net_bind_service',
      ];
      const responder = await start({ interfaces: BOTH, reply: 'unicast-before-arp' }, wrapper);
      const clients = await Promise.all([runUdhcpc(spaces, 'client0'), runUdhcpc(spaces, 'client1')]);
      expect(clients.map(({ code }) => code)).toEqual([0, 0]);
      expect(await responder.status()).toMatchObject(
        BOTH.map((name) => ({ name, state: 'listening', socket: 'device', unicastBeforeArp: false })),
      );
    });

    it('names the capability that an ordinary user lacks', async () => {
      const responder = startResponder(spaces, { interfaces: ['lan0'], reply: 'broadcast' }, [
        ...NOBODY,
        '--inh-caps=-all',
      ]);
      expect(await responder.started()).toMatchObject([
        {
          name: 'lan0',
          state: 'refused',
          code: 'EACCES',
          remedy: expect.stringContaining('AmbientCapabilities=CAP_NET_BIND_SERVICE'),
        },
      ]);
    });

    it('refuses to share an interface with another DHCP server', async () => {
      await start({ interfaces: ['lan0'], reply: 'broadcast' });
      const second = startResponder(spaces, { interfaces: BOTH, reply: 'broadcast' });
      expect(await second.started()).toMatchObject([
        {
          name: 'lan0',
          state: 'refused',
          code: 'EADDRINUSE',
          remedy: expect.stringContaining("'sport = :67'"),
        },
        { name: 'lan1', state: 'listening' },
      ]);
    });

    it('opens anew for an interface that was removed and made again', async () => {
      const responder = await start({ interfaces: ['lan0'], reply: 'broadcast' });
      spaces.ip('server', 'link', 'delete', 'lan0');
      expect(await responder.reconcile(['lan0'])).toMatchObject([{ state: 'refused', code: 'ENODEV' }]);
      spaces.plug({ ends: ['server:lan0', 'client0:eth0'] });
      spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
      expect(await responder.reconcile(['lan0'])).toMatchObject([{ state: 'listening' }]);
      expect((await runUdhcpc(spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
    });

    it('starts on an interface without a link, and serves once it is there', async () => {
      spaces.ip('client0', 'link', 'set', 'eth0', 'down');
      const responder = await start({ interfaces: ['lan0'], reply: 'broadcast' });
      expect(await responder.status()).toMatchObject([{ name: 'lan0', state: 'listening' }]);
      spaces.ip('client0', 'link', 'set', 'eth0', 'up');
      expect((await runUdhcpc(spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
    });

    describe('a thousand DISCOVERs in one instant', () => {
      const STORM = {
        to: '255.255.255.255',
        address: '10.67.0.50',
        count: 1_000,
        firstMac: '52:54:00:00:00:01',
        lastMac: '52:54:00:00:03:e8',
      };

      it('are all taken, though the server could not read meanwhile', async () => {
        spaces.ip('client0', 'address', 'add', `${STORM.address}/24`, 'dev', 'eth0');
        const responder = await start({ interfaces: ['lan0'], reply: 'broadcast' });
        const pid = must(responder.lines.child.pid, 'a pid');
        await freeze(pid);
        const burst = startBurst(spaces, 'client0', STORM);
        await burst.find(isSent);
        const queue = await kernelQueue(spaces);
        expect(queue.drops).toBe(0);
        // More waits than the kernel's usual buffer holds: without the larger one the rest would be lost.
        expect(queue.waitingBytes).toBeGreaterThan(212_992);
        process.kill(pid, 'SIGCONT');
        await responder.heard(STORM.lastMac);
        expect(await kernelQueue(spaces)).toEqual({ waitingBytes: 0, drops: 0 });
        const [status] = await responder.status();
        expect(status?.counters).toMatchObject({ dropped: 0, failed: 0, sendFailed: 0 });
        expect(new Set(responder.packets().map(({ mac }) => mac)).size).toBe(STORM.count);
      });
    });

    describe('without the optional package', () => {
      const PLAIN = { reply: 'unicast-before-arp', withoutKoffi: true } as const;

      it('refuses two interfaces and says what would help', async () => {
        const responder = startResponder(spaces, { interfaces: BOTH, ...PLAIN });
        const refused = { state: 'refused', code: 'NO_FFI', remedy: expect.stringContaining('koffi') };
        expect(await responder.started()).toMatchObject([refused, refused]);
      });

      it('serves the only interface by broadcast', async () => {
        spaces.ip('server', 'link', 'delete', 'lan1');
        const responder = await start({ interfaces: ['lan0'], ...PLAIN });
        expect((await runUdhcpc(spaces, 'client0')).stderr).toContain('lease of 10.67.0.101 obtained');
        expect(await responder.status()).toMatchObject([
          {
            socket: 'only-interface',
            unicastBeforeArp: false,
            counters: { received: 2, broadcastInstead: 2 },
          },
        ]);
      });

      it('notices another server on the port', async () => {
        spaces.ip('server', 'link', 'delete', 'lan1');
        await start({ interfaces: ['lan0'], reply: 'broadcast' });
        const second = startResponder(spaces, { interfaces: ['lan0'], ...PLAIN });
        expect(await second.started()).toMatchObject([{ state: 'refused', code: 'EADDRINUSE' }]);
      });
    });

    describe('with sockets handed in by the service manager', () => {
      function startHandedIn(sockets: HandInOptions['sockets'], options: ResponderOptions): Responder {
        const handIn: HandInOptions = { sockets, command: responderCommand(options) };
        const program = builtProgram('test/support/hand-in-sockets.ts');
        return asResponder(
          speakLines(spaces.spawn('server', [process.execPath, program, JSON.stringify(handIn)])),
        );
      }
      const UNITS = BOTH.map((device) => ({ name: `dhcp-${device}`, port: 67, device }));

      it.each([
        { name: 'with koffi', withoutKoffi: false },
        { name: 'without koffi', withoutKoffi: true },
      ])('serves two interfaces $name', async ({ withoutKoffi }) => {
        const responder = startHandedIn(UNITS, { interfaces: BOTH, reply: 'broadcast', withoutKoffi });
        await responder.started();
        const clients = await Promise.all([runUdhcpc(spaces, 'client0'), runUdhcpc(spaces, 'client1')]);
        expect(clients.map(({ code }) => code)).toEqual([0, 0]);
        expect(heardOn(responder).sort()).toEqual([`lan0 ${macOf('client0')}`, `lan1 ${macOf('client1')}`]);
        expect(await responder.status()).toMatchObject(
          BOTH.map(() => ({ socket: 'handed-in', counters: { received: 2, replied: 2 } })),
        );
      });

      it('refuses a socket without BindToDevice= and one of another port', async () => {
        const units = [
          { name: 'dhcp-lan0', port: 67 },
          { name: 'dhcp-lan1', port: 6767, device: 'lan1' },
        ];
        const responder = startHandedIn(units, { interfaces: BOTH, reply: 'broadcast' });
        expect(await responder.started()).toMatchObject([
          { code: 'WRONG_DEVICE', remedy: expect.stringContaining('BindToDevice=lan0') },
          { code: 'WRONG_PORT', remedy: expect.stringContaining('ListenDatagram=0.0.0.0:67') },
        ]);
      });

      it('does not use a descriptor again after it was closed', async () => {
        const responder = startHandedIn(UNITS, { interfaces: BOTH, reply: 'broadcast' });
        await responder.started();
        await responder.reconcile(['lan0']);
        expect(await responder.reconcile(BOTH)).toMatchObject([
          { name: 'lan0', state: 'listening' },
          { name: 'lan1', state: 'refused', code: 'USED_UP' },
        ]);
      });
    });
  },
);
