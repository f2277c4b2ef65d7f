import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { encodePacket, type TftpPacket } from '../../../src/tftp/packet.ts';
import { ack, CLIENT, rrq, SERVER, TftpBench } from '../../support/tftp-bench.ts';

describe('refusals', () => {
  test.for<{ name: string; packet: TftpPacket | Buffer; said: string[]; seen: string[] }>([
    { name: 'an unknown name', packet: rrq('nothing'), said: ['ERROR 1'], seen: ['request', 'not-found'] },
    { name: 'a way up', packet: rrq('../etc/passwd'), said: ['ERROR 2'], seen: ['refused name-traversal'] },
    { name: 'garbage', packet: rrq('\x01\x02'), said: ['ERROR 1'], seen: ['refused name-control-character'] },
    { name: 'no name', packet: rrq(''), said: ['ERROR 1'], seen: ['refused name-empty'] },
    {
      name: 'a write',
      packet: { ...rrq('a'), type: 'wrq' } as TftpPacket,
      said: ['ERROR 2'],
      seen: ['refused write'],
    },
    { name: 'mail', packet: rrq('text.cfg', {}, 'mail'), said: ['ERROR 4'], seen: ['refused mode'] },
    { name: 'too large', packet: rrq('large'), said: ['ERROR 0'], seen: ['request', 'refused too-large'] },
    {
      name: 'too large for netascii',
      packet: rrq('boot/grub.efi', {}, 'netascii'),
      said: ['ERROR 0'],
      seen: ['request', 'refused too-large'],
    },
    {
      name: 'a cut request',
      packet: Buffer.from('\x00\x01name'),
      said: ['ERROR 4'],
      seen: ['refused malformed'],
    },
    { name: 'an empty datagram', packet: Buffer.alloc(0), said: [], seen: [] },
    { name: 'one byte', packet: Buffer.alloc(1), said: [], seen: [] },
    { name: 'an ACK to the listening port', packet: ack(1), said: [], seen: [] },
    { name: 'an ERROR', packet: { type: 'error', code: 4, message: '' }, said: [], seen: [] },
    { name: 'a cut ACK', packet: Buffer.from([0, 4, 0]), said: [], seen: [] },
  ])('$name', async ({ packet, said, seen }) => {
    const bench = await TftpBench.started({}, { fileBytes: 4_096, netasciiBytes: 100 });
    expect(await bench.tell(packet)).toEqual(said);
    expect(bench.seen()).toEqual(seen);
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
  });

  test('a datagram from port 0, where nobody can be answered, is passed over', async () => {
    const bench = await TftpBench.started();
    expect(await bench.tell(rrq('nothing'), { address: CLIENT.address, port: 0 })).toEqual([]);
    expect(bench.asked).toEqual([]);
  });

  test('a look-up that fails is told as an internal error, in detail only to us', async () => {
    const bench = await TftpBench.started({ find: () => Promise.reject(new Error('disk I/O error')) });
    bench.net.deliver(encodePacket(rrq('a')), CLIENT, SERVER);
    await nextTurn();
    expect(bench.net.takeSent()[0]?.bytes.toString()).toContain('internal error');
    expect(bench.events.at(-1)).toMatchObject({ reason: 'lookup-failed', detail: 'disk I/O error' });
  });

  test('no socket to be had: the client hears it, and the place is free', async () => {
    const bench = await TftpBench.started();
    bench.net.bindRefusal = 'EMFILE';
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['ERROR 0']);
    expect(bench.seen()).toEqual(['request', 'refused no-socket']);
    bench.net.bindRefusal = undefined;
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
  });

  test('an event that cannot be recorded does not stop the service', async () => {
    const bench = await TftpBench.started({
      onEvent: () => {
        throw new Error('database is locked');
      },
    });
    expect(await bench.tell(rrq('text.cfg'))).toEqual(['DATA 1']);
    expect(bench.logged).toEqual(['tftp: an event could not be recorded']);
  });
});
