import { expect, it } from 'vitest';
import { logPackets } from '../../../server/dhcp/packet-log.ts';
import type { Reply } from '../../../server/dhcp/reply.ts';
import type { Reception } from '../../../server/dhcp/serve.ts';
import { createLog } from '../../../server/log.ts';
import { MalformedPacket } from '../../../src/dhcp/packet-errors.ts';
import { ip, readPacketFixture } from '../../support/dhcp-packets.ts';

const reception: Reception = {
  interfaceName: 'lan0',
  serverAddresses: [],
  source: { address: ip('0.0.0.0'), port: 68 },
  port: 67,
};
const DISCOVER = readPacketFixture('f02-ovmf-pxe-discover');
// Any packet will do for a reply.
const REPLY: Reply = { bytes: DISCOVER, destination: { kind: 'broadcast', port: 68 } };

function openLog(level: string) {
  const lines: { msg: string; level: number; [key: string]: unknown }[] = [];
  return { lines, log: createLog(level, { write: (line) => lines.push(JSON.parse(line)) }) };
}

it('tells a packet and its reply in words', async () => {
  const { lines, log } = openLog('debug');
  const handle = logPackets(async () => REPLY, log);
  expect(await handle(DISCOVER, reception)).toBe(REPLY);
  expect(lines).toMatchObject([
    {
      msg: 'DHCP packet answered',
      interface: 'lan0',
      port: 67,
      request: expect.stringContaining('52:54:00:99:00:07'),
      reply: expect.stringContaining('52:54:00:99:00:07'),
      destination: REPLY.destination,
    },
  ]);
});

it('tells what is passed over', async () => {
  const { lines, log } = openLog('debug');
  expect(await logPackets(async () => undefined, log)(DISCOVER, reception)).toBeUndefined();
  expect(lines.map(({ msg }) => msg)).toEqual(['DHCP packet passed over']);
});

it('tells what is no packet in hex, and lets the listener count it', async () => {
  const { lines, log } = openLog('debug');
  const broken = new MalformedPacket('too-short', '2 bytes');
  const handle = logPackets(() => Promise.reject(broken), log);
  await expect(handle(Buffer.from([1, 255]), reception)).rejects.toBe(broken);
  expect(lines).toMatchObject([{ msg: 'no DHCP packet', level: 20, reason: '2 bytes', bytes: '01ff' }]);
});

it('leaves a failure to the listener', async () => {
  const { lines, log } = openLog('debug');
  const handle = logPackets(() => Promise.reject(new Error('disk full')), log);
  await expect(handle(DISCOVER, reception)).rejects.toThrow('disk full');
  expect(lines).toEqual([]);
});

it('tells nothing at other levels, and follows the level', async () => {
  const { lines, log } = openLog('info');
  const handle = logPackets(async () => undefined, log);
  await handle(DISCOVER, reception);
  expect(lines).toEqual([]);
  log.level = 'debug';
  await handle(DISCOVER, reception);
  expect(lines).toHaveLength(1);
});
