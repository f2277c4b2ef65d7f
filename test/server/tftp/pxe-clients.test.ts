import { describe, expect, test } from 'vitest';
import { decodePacket } from '../../../src/tftp/packet.ts';
import { fromHex } from '../../support/dhcp-packets.ts';
import { ack, CLIENT, TftpBench } from '../../support/tftp-bench.ts';

// Rows of the list of PXE clients that are about TFTP: the bytes that clients send, and what they get.

const text = (words: string) => Buffer.from(words, 'latin1').toString('hex');
/** A read request of a file in octet mode with options in the order given. */
const read = (name: string, ...options: readonly string[]) =>
  fromHex(`0001${[name, 'octet', ...options].map((word) => `${text(word)}00`).join('')}`);
const LARGE = { name: 'large', bytes: Buffer.alloc(20 * 1468, 'x') };
const withLarge = () => TftpBench.started({ find: async () => LARGE });

/** The first datagram that answers a request, decoded. */
async function firstAnswer(bench: TftpBench, request: Buffer) {
  bench.net.deliver(request, CLIENT, { address: '10.0.0.1', port: 69 });
  await new Promise((resolve) => setImmediate(resolve));
  const [sent] = bench.net.takeSent();
  return sent && decodePacket(sent.bytes);
}

describe('F24: the size is asked for, then the file', () => {
  test('the probe ends with ERROR 8 and frees its port at once, without an error in the log', async () => {
    const bench = await withLarge();
    expect(await bench.tell(read('large', 'tsize', '0'))).toEqual(['OACK']);
    const aborted = fromHex(`00050008${text('User aborted')}00`);
    expect(await bench.tell(aborted, CLIENT, bench.transferPort())).toEqual([]);
    expect(bench.net.ports).toEqual(['10.0.0.1:69']);
    expect(bench.seen()).toEqual(['request', 'probe']);
    expect(await bench.tell(read('large', 'tsize', '0', 'blksize', '1468'))).toEqual(['OACK']);
    expect(await bench.tell(ack(0), CLIENT, bench.transferPort())).toEqual(['DATA 1']);
    expect([bench.seen(), bench.logged, bench.timers.waiting]).toEqual([['request'], [], 1]);
  });
});

describe('F25: block sizes over the MTU', () => {
  test.each(['1468', '8192', '65464'])('%s becomes 1468, what fits an Ethernet frame', async (asked) => {
    expect(await firstAnswer(await withLarge(), read('large', 'blksize', asked))).toEqual({
      type: 'oack',
      options: [{ name: 'blksize', value: '1468' }],
    });
  });
  test('is never raised', async () => {
    expect(await firstAnswer(await withLarge(), read('large', 'blksize', '1024'))).toMatchObject({
      options: [{ name: 'blksize', value: '1024' }],
    });
  });
});

test('F26: shim asks without options, and gets blocks of 512 bytes and no OACK', async () => {
  const answer = await firstAnswer(await withLarge(), read('large'));
  expect(answer).toEqual({ type: 'data', block: 1, payload: LARGE.bytes.subarray(0, 512) });
});

describe('F27: a window of four, as EDK2 proposes', () => {
  const inWindow = async () => {
    const bench = await withLarge();
    expect(await bench.tell(read('large', 'blksize', '1468', 'windowsize', '4'))).toEqual(['OACK']);
    const tell = (block: number) => bench.tell(ack(block), CLIENT, bench.transferPort());
    expect(await tell(0)).toEqual(['DATA 1', 'DATA 2', 'DATA 3', 'DATA 4']);
    return tell;
  };
  test('goes on from the block that was acknowledged where one was lost', async () => {
    const tell = await inWindow();
    expect(await tell(2)).toEqual(['DATA 3', 'DATA 4', 'DATA 5', 'DATA 6']);
  });
  test('passes an older ACK over', async () => {
    const tell = await inWindow();
    expect(await tell(4)).toEqual(['DATA 5', 'DATA 6', 'DATA 7', 'DATA 8']);
    expect(await tell(2)).toEqual([]);
  });
});

test('F28: more than 32 MB is refused at once, and said to belong to HTTP', async () => {
  const bytes = Buffer.alloc(32 * 1024 * 1024 + 1);
  const bench = await TftpBench.started({ find: async (name) => ({ name, bytes }) });
  expect(await firstAnswer(bench, read('kernel', 'blksize', '1468'))).toMatchObject({
    type: 'error',
    code: 0,
    message: expect.stringContaining('use HTTP'),
  });
});

test('F32: a garbled second-stage name is not found at once', async () => {
  const bench = await TftpBench.started();
  for (const name of ['revocations.efi', '\x01\x04\x17\xb3', 'x64/mmx64.efi'])
    expect(await bench.tell(read(name))).toEqual(['ERROR 1']);
  expect(bench.net.ports).toEqual(['10.0.0.1:69']);
});

test('F19: a name with the option after it is the name', async () => {
  const bench = await TftpBench.started();
  expect(await bench.tell(read('boot/grub.efi\xff'))).toEqual(['DATA 1']);
});
