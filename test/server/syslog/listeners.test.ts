import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PortRefused } from '../../../server/listeners/listener.ts';
import { bindUdp } from '../../../server/net/datagram.ts';
import { createSyslogSink } from '../../../server/syslog/sink.ts';
import { createSyslogTcp, SYSLOG_TCP_LIMITS } from '../../../server/syslog/tcp-listener.ts';
import { createSyslogUdp } from '../../../server/syslog/udp-listener.ts';
import { formatIpv4, type Ipv4 } from '../../../src/domain/network/ipv4.ts';
import { must } from '../../support/must.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Takes what comes from 127.0.0.11 and 127.0.0.12. */
function openSink() {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const errors: unknown[] = [];
  const sink = createSyslogSink(
    {
      isExpected: (address) => [11, 12].includes(address & 0xff),
      take: (address: Ipv4, bytes, cutBytes = 0) => {
        if (bytes.includes('throw')) throw new Error('thrown');
        lines.push(`${formatIpv4(address)} ${bytes.toString()}${cutBytes === 0 ? '' : ` +${cutBytes}`}`);
        for (const look of [...waiting]) look();
      },
    },
    (error) => errors.push(error),
  );
  /** Resolves when so many messages have come. */
  const heard = (count: number): Promise<readonly string[]> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (lines.length < count) return;
        waiting.delete(look);
        resolve(lines);
      };
      waiting.add(look);
      look();
    });
  return { sink, lines, errors, heard };
}

async function openTcp(limits = {}) {
  const hearing = openSink();
  const at = { address: '127.0.0.1', port: 0 };
  const listener = createSyslogTcp(at, hearing.sink, { ...SYSLOG_TCP_LIMITS, ...limits });
  await listener.start();
  stops.push(() => listener.stop());
  const { port } = must(listener.local, 'a port');
  const dial = (from: string): Socket => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from });
    socket.on('error', () => {});
    stops.push(() => void socket.destroy());
    return socket;
  };
  return { ...hearing, listener, dial };
}

describe('by TCP', () => {
  it('messages in both framings, and what the end has cut off', async () => {
    const { dial, heard } = await openTcp();
    dial('127.0.0.11').end('<13>one\n9 <13>t\nwo!<13>three');
    expect(await heard(3)).toEqual(['127.0.0.11 <13>one', '127.0.0.11 <13>t\nwo!', '127.0.0.11 <13>three']);
  });

  it('a message without an end holds no more than is kept of it', async () => {
    const { dial, heard } = await openTcp({ messageBytes: 10 });
    dial('127.0.0.11').end(`<13>${'x'.repeat(1_000_000)}\n<13>next`);
    expect(await heard(2)).toEqual(['127.0.0.11 <13>xxxxxx +999994', '127.0.0.11 <13>next']);
  });

  it('a stranger is hung up on', async () => {
    const { dial, lines } = await openTcp();
    await once(dial('127.0.0.13').end('<13>one\n'), 'close');
    expect(lines).toEqual([]);
  });

  it('one machine has so many connections, and another has its own', async () => {
    const { dial, heard } = await openTcp({ connectionsOfOne: 2 });
    for (const text of ['one', 'two']) {
      const count = text === 'one' ? 1 : 2;
      dial('127.0.0.11').write(`<13>${text}\n`);
      await heard(count);
    }
    await once(dial('127.0.0.11'), 'close');
    dial('127.0.0.12').write('<13>other\n');
    expect(await heard(3)).toContain('127.0.0.12 <13>other');
  });

  it('a connection that is idle is closed', async () => {
    const { dial } = await openTcp({ idleMs: 20 });
    const socket = dial('127.0.0.11');
    socket.resume();
    await once(socket, 'close');
  });

  it('a message that the service fails on takes no socket down', async () => {
    const { dial, heard, errors } = await openTcp();
    dial('127.0.0.11').write('<13>throw\n<13>one\n');
    expect(await heard(1)).toEqual(['127.0.0.11 <13>one']);
    expect(errors).toHaveLength(1);
  });

  it('stopping ends connections, and the port that is taken is refused with its remedy', async () => {
    const { dial, listener, sink, heard } = await openTcp();
    const { port } = must(listener.local, 'a port');
    const second = createSyslogTcp({ address: '127.0.0.1', port }, sink);
    const refused: unknown = await second.start().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PortRefused);
    expect((refused as PortRefused).remedy).toContain(`ss -tlnp sport = :${port}`);
    const socket = dial('127.0.0.11');
    socket.write('<13>one\n');
    await heard(1);
    const closed = once(socket, 'close');
    await listener.stop();
    await closed;
  });
});

describe('by UDP', () => {
  it('one message a datagram, with the address that it came from', async () => {
    const { sink, heard } = openSink();
    let port = 0;
    const listener = createSyslogUdp({ address: '127.0.0.1', port: 0 }, sink, async (options) => {
      const socket = await bindUdp(options);
      port = socket.local.port;
      return socket;
    });
    await listener.start();
    stops.push(() => listener.stop());
    const socket = createSocket('udp4');
    stops.push(() => void socket.close());
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.12', resolve));
    socket.send('<13>one\n<13>the same', port, '127.0.0.1');
    expect(await heard(1)).toEqual(['127.0.0.12 <13>one\n<13>the same']);
  });
});
