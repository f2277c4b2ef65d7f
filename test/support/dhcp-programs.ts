import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finished, Namespaces } from './namespaces.ts';

/** A program under way, and what it has said so far. */
export interface Talker {
  readonly child: ChildProcess;
  said(): string;
  /** Resolves once `pattern` (with the flag g) has matched `times` times; rejects if the program ends before. */
  says(pattern: RegExp, times?: number): Promise<void>;
  /** Sends a signal and resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Listens to a child with piped output. */
export function listenTo(child: ChildProcess): Talker {
  let text = '';
  let over = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      wake();
    });
  const closed = new Promise<void>((resolve) =>
    child.once('close', () => {
      over = true;
      wake();
      resolve();
    }),
  );
  return {
    child,
    said: () => text,
    says: (pattern, times = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const count = [...text.matchAll(new RegExp(pattern.source, 'g'))].length;
          if (count < times && !over) return;
          waiting.delete(look);
          if (count >= times) resolve();
          else reject(new Error(`it ended without saying ${pattern}; it said: ${text}`));
        };
        waiting.add(look);
        look();
      }),
    end: (signal = 'SIGTERM') => {
      if (!over) child.kill(signal);
      return closed;
    },
  };
}

/** Real DHCP programs with their files in a folder of their own. */
export interface DhcpPrograms {
  /** Busybox's client with a script that sets the address, so that it can release by unicast. */
  udhcpc(namespace: string, options?: readonly string[]): Promise<Finished>;
  /** The same, staying in the foreground with its lease: SIGUSR1 renews it, SIGUSR2 releases it. */
  stayingUdhcpc(namespace: string): Talker;
  /** ISC's client in the foreground; it keeps its leases in the file `leases` from one start to the next. */
  dhclient(
    namespace: string,
    options?: { readonly renewAfterSeconds?: number; readonly leases?: string },
  ): Talker;
  /** Writes a lease file for dhclient to find. */
  writeLeases(name: string, text: string): void;
  /** Kea's load generator; its report. */
  perfdhcp(namespace: string, options: readonly string[]): Promise<PerfReport>;
  /** dnsmasq as a DHCP server, its options as given; resolves when it listens. */
  dnsmasq(namespace: string, options: readonly string[]): Promise<Talker>;
  /** A relay from one link to a server; resolves when it listens. */
  relay(namespace: string, ownAddress: string, server: string): Promise<Talker>;
  /** What arrives at an interface; resolves when the capture runs. */
  capture(namespace: string, filter: string): Promise<Talker>;
  remove(): void;
}

export interface PerfReport {
  readonly exitCode: number | null;
  /** DISCOVERs and REQUESTs sent, and answered in time. */
  readonly discover: { readonly sent: number; readonly answered: number };
  readonly request: { readonly sent: number; readonly answered: number };
  readonly text: string;
}

/** Sets and removes addresses as the client's own script would, without touching the machine's resolv.conf. */
const SCRIPT = `#!/bin/sh
case "$reason$1" in
  PREINIT*|deconfig) ip link set dev "$interface" up ;;
  BOUND|RENEW|REBIND|REBOOT) ip address replace "$new_ip_address/24" dev "$interface"
    [ -z "$new_routers" ] || ip route replace default via "$new_routers" ;;
  bound|renew) ip address replace "$ip/24" dev "$interface"
    [ -z "$router" ] || ip route replace default via "$router" ;;
esac
exit 0
`;

const DNSMASQ = [
  '--conf-file=/dev/null',
  '--port=0',
  '--no-daemon',
  '--user=root',
  '--pid-file=',
  '--log-dhcp',
];

/** Answers that come within 2 s of the last packet sent still count. */
const PERFDHCP = ['perfdhcp', '-4', '-d', '10', '-W', '2000000'];

export function createDhcpPrograms(spaces: Namespaces): DhcpPrograms {
  const folder = mkdtempSync(join(tmpdir(), 'dhcp-programs-'));
  const script = join(folder, 'script');
  writeFileSync(script, SCRIPT);
  chmodSync(script, 0o755);
  const udhcpc = ['busybox', 'udhcpc', '-i', 'eth0', '-n', '-f', '-t', '3', '-T', '1', '-s', script];
  let count = 0;
  return {
    udhcpc: (namespace, options = []) => spaces.run(namespace, [...udhcpc, '-q', ...options]),
    stayingUdhcpc: (namespace) => listenTo(spaces.spawn(namespace, udhcpc)),
    dhclient: (namespace, { renewAfterSeconds, leases = `leases-${namespace}` } = {}) => {
      count += 1;
      const config = join(folder, `dhclient-${count}.conf`);
      const renew =
        renewAfterSeconds === undefined ? '' : `supersede dhcp-renewal-time ${renewAfterSeconds};\n`;
      writeFileSync(config, `${renew}timeout 10;\n`);
      const files = ['-cf', config, '-lf', join(folder, leases), '-pf', join(folder, `pid-${count}`)];
      return listenTo(
        spaces.spawn(namespace, ['dhclient', '-4', '-d', '-1', ...files, '-sf', script, 'eth0']),
      );
    },
    writeLeases: (name, text) => writeFileSync(join(folder, name), text),
    perfdhcp: async (namespace, options) => {
      const { code, stdout, stderr } = await spaces.run(namespace, [...PERFDHCP, ...options], 60_000);
      return readReport(code, `${stdout}${stderr}`);
    },
    dnsmasq: async (namespace, options) => {
      // Without no-ping it asks for three seconds whether an address is in use before it offers it.
      const files = ['--no-ping', '--leasefile-ro', '--dhcp-authoritative'];
      const dnsmasq = listenTo(spaces.spawn(namespace, ['dnsmasq', ...DNSMASQ, ...files, ...options]));
      await dnsmasq.says(/DHCP, IP range/);
      return dnsmasq;
    },
    relay: async (namespace, ownAddress, server) => {
      const relay = listenTo(
        spaces.spawn(namespace, ['dnsmasq', ...DNSMASQ, `--dhcp-relay=${ownAddress},${server}`]),
      );
      await relay.says(/DHCP relay from/);
      return relay;
    },
    capture: async (namespace, filter) => {
      const capture = listenTo(
        spaces.spawn(namespace, ['tcpdump', '-i', 'eth0', '-nel', '--immediate-mode', filter]),
      );
      await capture.says(/listening on eth0/);
      return capture;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readReport(exitCode: number | null, text: string): PerfReport {
  const read = (name: string) => {
    const section = text.split(/^\*+Statistics for: /m).find((part) => part.startsWith(name)) ?? '';
    const number = (label: string) => Number(new RegExp(`${label}: (\\d+)`).exec(section)?.[1] ?? Number.NaN);
    return { sent: number('sent packets'), answered: number('received packets') };
  };
  return { exitCode, discover: read('DISCOVER-OFFER'), request: read('REQUEST-ACK'), text };
}
