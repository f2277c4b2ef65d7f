import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { choosePeers } from '../../server/net/batched-peers.ts';
import { loadLibc } from '../../server/net/libc.ts';
import type { TftpEvent } from '../../server/tftp/events.ts';
import { createTftpListener, type TftpListener } from '../../server/tftp/listener.ts';
import { haveProgram } from '../support/real-clients.ts';

const run = promisify(execFile);

const FILES = new Map<string, Buffer>([
  ['empty', Buffer.alloc(0)],
  ['one-block', filler(512)],
  ['boot/grubx64.efi', filler(1_000_003)],
  ['many-blocks', filler(65_536 * 8 + 100)],
  ['text.cfg', Buffer.from('default linux\r\nline\n\rbare\r\r\n\n', 'latin1')],
]);

let listener: TftpListener;
let directory: string;
let events: TftpEvent[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'provision-tftp-'));
  listener = createTftpListener({
    listen: { address: '127.0.0.1', port: 0 },
    find: async (name) => {
      const bytes = FILES.get(name);
      return bytes === undefined ? { missing: 'not here' } : { name, bytes };
    },
    onEvent: (event) => events.push(event),
    log: {
      debug: () => {},
      error: (fields, message) => expect.unreachable(`${message} ${JSON.stringify(fields)}`),
    },
    now: () => performance.now(),
    limits: { blockBytes: 65464 },
    bindPeers: choosePeers(await loadLibc()),
  });
  await listener.start();
});

afterEach(() => {
  events = [];
});

afterAll(async () => {
  await listener.stop();
  await rm(directory, { recursive: true });
});

/** Bytes that differ from block to block, so that a swapped or doubled block shows. */
function filler(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 31 + (i >>> 8) * 17 + (i >>> 16)) & 0xff;
  return bytes;
}

function sha256(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? 'no file')
    .digest('hex');
}

function port(): string {
  return String(listener.local?.port);
}

interface ClientCase {
  readonly program: 'curl' | 'atftp' | 'tftp' | 'busybox';
  readonly title: string;
  readonly file: string;
  readonly args: (remote: string, local: string) => string[];
  readonly agreed?: { blockBytes: number; windowBlocks: number };
}

function curl(file: string, ...more: string[]): ClientCase {
  return {
    program: 'curl',
    title: [file, ...more].join(' '),
    file,
    args: (remote, local) => [
      '-sS',
      '-m',
      '15',
      ...more,
      '-o',
      local,
      `tftp://127.0.0.1:${port()}/${remote}`,
    ],
  };
}

function atftp(file: string, ...options: string[]): ClientCase {
  const more = options.flatMap((option) => ['--option', option]);
  return {
    program: 'atftp',
    title: [file, ...options].join(', '),
    file,
    args: (remote, local) => [...more, '-g', '-r', remote, '-l', local, '127.0.0.1', port()],
  };
}

function tftpHpa(file: string, mode: 'binary' | 'netascii'): ClientCase {
  return {
    program: 'tftp',
    title: `${file}, ${mode}`,
    file,
    args: (remote, local) => ['127.0.0.1', port(), '-m', mode, '-c', 'get', remote, local],
  };
}

function busybox(file: string, ...more: string[]): ClientCase {
  return {
    program: 'busybox',
    title: [file, ...more].join(' '),
    file,
    args: (remote, local) => ['tftp', ...more, '-g', '-r', remote, '-l', local, '127.0.0.1', port()],
  };
}

const CASES: readonly ClientCase[] = [
  { ...curl('boot/grubx64.efi'), agreed: { blockBytes: 512, windowBlocks: 1 } },
  { ...curl('boot/grubx64.efi', '--tftp-blksize', '1468'), agreed: { blockBytes: 1468, windowBlocks: 1 } },
  { ...curl('boot/grubx64.efi', '--tftp-blksize', '65464'), agreed: { blockBytes: 65464, windowBlocks: 1 } },
  curl('boot/grubx64.efi', '--tftp-no-options'),
  curl('one-block', '--tftp-no-options'),
  curl('empty'),
  { ...curl('many-blocks', '--tftp-blksize', '8'), agreed: { blockBytes: 8, windowBlocks: 1 } },
  atftp('boot/grubx64.efi'),
  { ...atftp('boot/grubx64.efi', 'blksize 1428'), agreed: { blockBytes: 1428, windowBlocks: 1 } },
  {
    ...atftp('boot/grubx64.efi', 'blksize 1428', 'windowsize 16'),
    agreed: { blockBytes: 1428, windowBlocks: 16 },
  },
  {
    ...atftp('boot/grubx64.efi', 'windowsize 64', 'tsize enable', 'timeout 1'),
    agreed: { blockBytes: 512, windowBlocks: 64 },
  },
  { ...atftp('many-blocks', 'blksize 8', 'windowsize 8'), agreed: { blockBytes: 8, windowBlocks: 8 } },
  atftp('one-block'),
  tftpHpa('boot/grubx64.efi', 'binary'),
  tftpHpa('one-block', 'binary'),
  tftpHpa('text.cfg', 'netascii'),
  { ...busybox('boot/grubx64.efi', '-b', '1428'), agreed: { blockBytes: 1428, windowBlocks: 1 } },
  busybox('one-block'),
  busybox('boot/grubx64.efi', '-b', '65464'),
];

describe('real TFTP clients fetch the identical file', () => {
  test.for(CASES)('$program: $title', async ({ program, file, args, agreed }, { skip }) => {
    skip(!haveProgram(program), `${program} is not installed`);
    const local = join(directory, `${program}-copy`);
    await run(program, args(file, local), { timeout: 18_000 });
    expect(sha256(await readFile(local))).toBe(sha256(FILES.get(file)));
    expect(events.map(({ type }) => type)).toEqual(['request', 'complete']);
    if (agreed !== undefined) expect(events[1]).toMatchObject({ name: file, ...agreed });
    await rm(local);
  });
});

describe('real TFTP clients are refused at once', () => {
  test.for([
    {
      title: 'unknown name',
      args: () => ['-o', join(directory, 'x'), `tftp://127.0.0.1:${port()}/nothing`],
      exit: 68,
    },
    { title: 'way up', args: () => ['--path-as-is', `tftp://127.0.0.1:${port()}/../passwd`], exit: 69 },
    { title: 'upload', args: () => ['-T', '/dev/null', `tftp://127.0.0.1:${port()}/new`], exit: 69 },
  ])('curl: $title', async ({ args, exit }, { skip }) => {
    skip(!haveProgram('curl'), 'curl is not installed');
    await expect(run('curl', ['-sS', '-m', '5', ...args()])).rejects.toMatchObject({ code: exit });
  });

  test.for([
    {
      title: 'unknown name',
      args: () => ['-g', '-r', 'nothing', '-l', join(directory, 'x')],
      says: 'not found',
    },
    { title: 'upload', args: () => ['-p', '-r', 'new', '-l', '/etc/hostname'], says: 'takes no files' },
  ])('atftp: $title', async ({ args, says }, { skip }) => {
    skip(!haveProgram('atftp'), 'atftp is not installed');
    const refused = await run('atftp', [...args(), '127.0.0.1', port()], { timeout: 4_000 }).catch(
      (error) => error,
    );
    expect(`${refused.stdout}${refused.stderr}`).toContain(says);
  });
});
