import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { bindUdp } from '../../server/net/datagram.ts';
import { createSyslogSink } from '../../server/syslog/sink.ts';
import { createSyslogTcp } from '../../server/syslog/tcp-listener.ts';
import { createSyslogUdp } from '../../server/syslog/udp-listener.ts';
import { formatLogLine } from '../../src/syslog/log-line.ts';
import { decodeMessage } from '../../src/syslog/message.ts';
import { hasCommand } from '../support/has-command.ts';
import { must } from '../support/must.ts';
import { reasonAgainstNamespaces } from '../support/namespaces.ts';

// Programs that send syslog, with the real listeners on loopback.

const run = promisify(execFile);
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function openPorts() {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const sink = createSyslogSink(
    {
      isExpected: () => true,
      take: (_address, bytes) => {
        lines.push(formatLogLine(decodeMessage(bytes), 0).replace(/^\S+ /, ''));
        for (const look of [...waiting]) look();
      },
    },
    (error) => expect.unreachable(String(error)),
  );
  const tcp = createSyslogTcp({ address: '127.0.0.1', port: 0 }, sink);
  let udpPort = 0;
  const udp = createSyslogUdp({ address: '127.0.0.1', port: 0 }, sink, async (options) => {
    const socket = await bindUdp(options);
    udpPort = socket.local.port;
    return socket;
  });
  await tcp.start();
  await udp.start();
  stops.push(udp.stop, tcp.stop);
  /** Resolves with the line that has these words. */
  const heard = (words: string): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const line = lines.find((candidate) => candidate.includes(words));
        if (line === undefined) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      look();
    });
  return { heard, udpPort, tcpPort: must(tcp.local, 'the TCP port').port };
}

describe.skipIf(!hasCommand('logger'))('logger of util-linux', () => {
  it.each([
    ['UDP, RFC 5424', ['-d', '--rfc5424=notq,notime,nohost'], 'udpPort'],
    ['UDP, RFC 3164', ['-d', '--rfc3164'], 'udpPort'],
    ['TCP, newlines', ['-T', '--rfc3164'], 'tcpPort'],
    ['TCP, octet counting', ['-T', '--octet-count', '--rfc5424'], 'tcpPort'],
  ] as const)('%s', async (_, flags, port) => {
    const ports = await openPorts();
    const to = ['-n', '127.0.0.1', '-P', String(ports[port]), ...flags];
    await run('logger', [...to, '-p', 'daemon.warning', '-t', 'partman', '-i', 'no space on äß']);
    expect(await ports.heard('no space')).toMatch(
      /^daemon\.warning partman\[\d+\]: (\[timeQuality [^\]]*\] )?no space on äß$/,
    );
  });
});

describe.skipIf(!hasCommand('busybox') || reasonAgainstNamespaces() !== undefined)(
  'syslogd of busybox, as Debian’s installer runs it',
  () => {
    it('forwards what programs say to it, as they said it', async () => {
      const ports = await openPorts();
      const folder = mkdtempSync(join(tmpdir(), 'syslogd-'));
      stops.push(() => rmSync(folder, { recursive: true }));
      // It listens on /dev/log, so it has a /dev of its own.
      const script = [
        'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3',
        `busybox syslogd -n -O ${folder}/syslog -L -R 127.0.0.1:${ports.udpPort} & syslogd=$!`,
        'until [ -S /dev/log ]; do busybox usleep 20000; done',
        'busybox logger -t main-menu -p daemon.info "INFO: Menu item \'partman-base\' selected"',
        'read -r end; kill $syslogd',
      ].join('\n');
      const child = spawn('unshare', ['--mount', 'sh', '-c', script], {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
      stops.push(async () => {
        child.stdin.end('end\n');
        await closed;
      });
      expect(await ports.heard('partman-base')).toBe(
        "daemon.info main-menu: INFO: Menu item 'partman-base' selected",
      );
    });
  },
);
