import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import tftp from 'tftp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choosePeers } from '../../server/net/batched-peers.ts';
import { loadLibc } from '../../server/net/libc.ts';
import type { BindPeers } from '../../server/net/peer-socket.ts';
import type { TftpEvent } from '../../server/tftp/events.ts';
import { createTftpListener, type TftpListener } from '../../server/tftp/listener.ts';
import { seededRandom } from '../support/seeded-random.ts';

const random = seededRandom(7440);
const FILE = Buffer.from(Array.from({ length: 500_007 }, () => Math.floor(random() * 256)));

const libc = await loadLibc();
const WAYS: { way: string; more: { bindPeers?: BindPeers } }[] = [
  { way: 'one datagram a call', more: {} },
  { way: 'many datagrams a call', more: { bindPeers: choosePeers(libc) } },
];

/** A client written by strangers to this project and to the C clients, against both ways of sending. */
describe.for(WAYS)('the npm package tftp, $way', ({ more }) => {
  let listener: TftpListener;
  let directory: string;
  const events: TftpEvent[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'provision-tftp-npm-'));
    listener = createTftpListener({
      listen: { address: '127.0.0.1', port: 0 },
      find: async (name) => (name === 'boot/file' ? { name, bytes: FILE } : { missing: 'not here' }),
      onEvent: (event) => events.push(event),
      log: {
        debug: () => {},
        error: (fields, message) => expect.unreachable(`${message} ${JSON.stringify(fields)}`),
      },
      now: () => performance.now(),
      ...more,
    });
    await listener.start();
  });

  afterAll(async () => {
    await listener.stop();
    await rm(directory, { recursive: true });
  });

  const fetch = async (
    name: string,
    options: { blockSize?: number; windowSize?: number },
  ): Promise<Buffer> => {
    const port = listener.local?.port ?? 0;
    const client = tftp.createClient({ host: '127.0.0.1', port, retries: 3, timeout: 2_000, ...options });
    const local = join(directory, 'copy');
    await promisify(client.get.bind(client))(name, local);
    return readFile(local);
  };

  test.for([
    { blockSize: 1468, windowSize: 4 },
    { blockSize: 512, windowSize: 1 },
    { blockSize: 8, windowSize: 64 },
    { blockSize: 1428, windowSize: 16 },
  ])('blocks of $blockSize, windows of $windowSize', async ({ blockSize, windowSize }) => {
    events.length = 0;
    expect((await fetch('boot/file', { blockSize, windowSize })).equals(FILE)).toBe(true);
    expect(events.at(-1)).toMatchObject({
      type: 'complete',
      blockBytes: blockSize,
      windowBlocks: windowSize,
    });
  });

  test('eight at once', async () => {
    const port = listener.local?.port ?? 0;
    const client = tftp.createClient({ host: '127.0.0.1', port, retries: 3, timeout: 2_000 });
    const get = promisify(client.get.bind(client));
    const copies = Array.from({ length: 8 }, (_, index) => join(directory, `copy-${index}`));
    await Promise.all(copies.map((local) => get('/boot//file', local)));
    for (const local of copies) expect((await readFile(local)).equals(FILE)).toBe(true);
  });

  test('a name that is not there is an error at once', async () => {
    await expect(fetch('nothing', {})).rejects.toThrow('file not found');
  });
});
