import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildContext } from '../../src/answer-file/context.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { minimalFacts } from '../support/answer-facts.ts';
import { hasCommand } from '../support/has-command.ts';
import { shippedSnippets } from '../support/shipped-files.ts';

/** Where there is busybox a machine like the deploy agent, with nothing but its commands; and in any case this one. */
const SHELLS: readonly { readonly shell: Shell }[] = [
  { shell: 'sh' },
  ...(hasCommand('busybox') ? [{ shell: 'busybox' as const }] : []),
];
type Shell = 'sh' | 'busybox' | 'bash';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

let applets: string;
let folder: string;
let server: Server;
let base: string;
let received: Received[];
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  applets = mkdtempSync(join(tmpdir(), 'applets-'));
  if (hasCommand('busybox')) spawnSync('busybox', ['--install', '-s', applets]);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      received.push({ method: request.method ?? '', url: request.url ?? '', body });
      respond(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  rmSync(applets, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'answers-'));
  received = [];
  respond = (_request, response) => response.end('ok\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The functions of a snippet, and then `script`, in a shell. Asynchronous: the server runs in this process. */
function run(shell: Shell, snippet: string, script: string, env: Record<string, string> = {}) {
  const facts = minimalFacts({ urls: { base, answer: `${base}/answer`, events: `${base}/i/TOKEN/event` } });
  const template = {
    name: 'test',
    text: `{% include 'snippets/${snippet}' %}\n{% raw %}${script}{% endraw %}\n`,
  };
  const context = buildContext(facts);
  const { text } = renderAnswerFile({ template, snippets: shippedSnippets(), context, mode: 'serve' });
  const path = join(folder, 'script.sh');
  writeFileSync(path, text);
  const own = shell === 'busybox';
  const child = spawn(own ? `${applets}/sh` : shell, [path], {
    env: { PATH: own ? applets : (process.env['PATH'] ?? ''), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

interface Disk {
  readonly name: string;
  readonly gb: number;
  readonly bus?: 'usb';
  readonly files?: Readonly<Record<string, string>>;
}

const GB = 1_000_000_000;

/** A sysfs as the kernel shows it: block/NAME is a link into the tree of devices. */
function makeSysfs(disks: readonly Disk[]): void {
  mkdirSync(join(folder, 'sys/block'), { recursive: true });
  for (const { name, gb, bus, files } of disks) {
    const device = join(folder, 'sys/devices', bus === 'usb' ? 'pci0/usb1/1-2' : 'pci0/ata1', name);
    const all = { removable: '0', ro: '0', size: `${(gb * GB) / 512}`, ...files };
    for (const [file, content] of Object.entries(all)) {
      mkdirSync(dirname(join(device, file)), { recursive: true });
      writeFileSync(join(device, file), `${content}\n`);
    }
    symlinkSync(device, join(folder, 'sys/block', name));
  }
}

const ONE: Disk = { name: 'sda', gb: 500 };

describe.each(SHELLS)('choose-disk.sh in $shell', ({ shell }) => {
  const choose = (disks: readonly Disk[], wanted: string, minGb: number) => {
    makeSysfs(disks);
    return run(shell, 'choose-disk.sh', `choose_disk '${folder}/sys' '${wanted}' ${minGb}`);
  };

  test.each<{ name: string; disks: Disk[]; wanted?: string; chosen: string }>([
    { name: 'the only disk', disks: [ONE], chosen: 'sda' },
    { name: 'exactly large enough', disks: [{ name: 'vda', gb: 100 }], chosen: 'vda' },
    {
      name: 'the only large one',
      disks: [
        { name: 'sda', gb: 99 },
        { name: 'nvme0n1', gb: 100 },
      ],
      chosen: 'nvme0n1',
    },
    {
      name: 'not the USB stick',
      disks: [
        { name: 'sda', gb: 500, bus: 'usb' },
        { name: 'sdb', gb: 500 },
      ],
      chosen: 'sdb',
    },
    {
      name: 'not the removable one',
      disks: [ONE, { name: 'sdb', gb: 500, files: { removable: '1' } }],
      chosen: 'sda',
    },
    {
      name: 'not the read-only one',
      disks: [ONE, { name: 'sdb', gb: 500, files: { ro: '1' } }],
      chosen: 'sda',
    },
    {
      name: 'not the memory card',
      disks: [ONE, { name: 'mmcblk0', gb: 500, files: { 'device/type': 'SD' } }],
      chosen: 'sda',
    },
    {
      name: 'the soldered flash',
      disks: [
        { name: 'mmcblk0', gb: 500, files: { 'device/type': 'MMC' } },
        { name: 'mmcblk0boot0', gb: 500 },
      ],
      chosen: 'mmcblk0',
    },
    {
      name: 'not a hidden NVMe path',
      disks: [
        { name: 'nvme0n1', gb: 500 },
        { name: 'nvme0c0n1', gb: 500, files: { hidden: '1' } },
      ],
      chosen: 'nvme0n1',
    },
    {
      name: 'nothing made of others',
      disks: [
        ONE,
        ...['dm-0', 'md127', 'loop0', 'zram0', 'sr0', 'ram0', 'nbd0'].map((name) => ({ name, gb: 500 })),
      ],
      chosen: 'sda',
    },
    {
      name: 'the named one of two',
      disks: [ONE, { name: 'zda', gb: 500 }],
      wanted: '/dev/zda',
      chosen: 'zda',
    },
    {
      name: 'by WWN',
      disks: [ONE, { name: 'sdb', gb: 500, files: { 'device/wwid': 'naa.5000c500a1b2c3d4' } }],
      wanted: '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4',
      chosen: 'sdb',
    },
    {
      name: 'by virtio serial',
      disks: [ONE, { name: 'vda', gb: 500, files: { serial: 'disk-7' } }],
      wanted: '/dev/disk/by-id/virtio-disk-7',
      chosen: 'vda',
    },
    {
      name: 'by EUI',
      disks: [ONE, { name: 'nvme1n1', gb: 500, files: { wwid: 'eui.0025388b710a52dd' } }],
      wanted: '/dev/disk/by-id/nvme-eui.0025388b710a52dd',
      chosen: 'nvme1n1',
    },
    {
      name: 'by NVMe model and serial',
      disks: [
        ONE,
        { name: 'nvme1n1', gb: 500, files: { 'device/model': 'ACME SSD 9  ', 'device/serial': '  S123 ' } },
      ],
      wanted: '/dev/disk/by-id/nvme-ACME_SSD_9_S123',
      chosen: 'nvme1n1',
    },
  ])('chooses: $name', async ({ disks, wanted, chosen }) => {
    expect(await choose(disks, wanted ?? '', 100)).toMatchObject({ status: 0, stdout: `${chosen}\n` });
  });

  test.each<{ name: string; disks: Disk[]; wanted?: string; reason: RegExp }>([
    { name: 'no disk at all', disks: [], reason: /^no disk of 100 GB or more; found: $/ },
    {
      name: 'only small ones',
      disks: [{ name: 'sda', gb: 99, files: { 'device/model': 'ACME 99  ' } }],
      reason: /^no disk of 100 GB or more; found: sda 99 GB ACME 99; $/,
    },
    {
      name: 'two that qualify',
      disks: [ONE, { name: 'sdb', gb: 100 }],
      reason: /^2 disks qualify, name one .*found: sda 500 GB; sdb 100 GB; $/,
    },
    {
      name: 'a named one that is not there',
      disks: [ONE],
      wanted: '/dev/disk/by-id/wwn-0x1',
      reason: /^there is no disk \/dev\/disk\/by-id\/wwn-0x1; found: sda 500 GB; $/,
    },
    {
      name: 'a named USB stick',
      disks: [{ name: 'zda', gb: 500, bus: 'usb' }],
      wanted: '/dev/zda',
      reason: /^\/dev\/zda \(zda\) is USB/,
    },
    {
      name: 'a named one that is too small',
      disks: [{ name: 'zda', gb: 9 }],
      wanted: '/dev/zda',
      reason: /smaller than 100 GB/,
    },
    {
      name: 'something that is no disk',
      disks: [ONE],
      wanted: '/dev/null',
      reason: /^\/dev\/null \(null\) is/,
    },
  ])('stops: $name', async ({ disks, wanted, reason }) => {
    const { status, stdout } = await choose(disks, wanted ?? '', 100);
    expect(status).toBe(1);
    expect(stdout.trimEnd() + (stdout.endsWith(' \n') ? ' ' : '')).toMatch(reason);
  });
});

describe.each(SHELLS)('report.sh in $shell', ({ shell }) => {
  test('posts the stage and its detail whole', async () => {
    const detail = 'größe & 100% +x="y" \\ \'z\' $HOME';
    const { status } = await run(shell, 'report.sh', 'report failed "$DETAIL"', { DETAIL: detail });
    expect(status).toBe(0);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'POST', url: '/i/TOKEN/event/failed' });
    expect(new URLSearchParams(received[0]?.body).get('detail')).toBe(detail);
  });

  test('does not ask a proxy', async () => {
    const proxy = 'http://127.0.0.1:9/';
    const env = { http_proxy: proxy, HTTP_PROXY: proxy, all_proxy: proxy };
    await run(shell, 'report.sh', 'report installed', env);
    expect(received.map(({ url, body }) => [url, body])).toEqual([['/i/TOKEN/event/installed', 'detail=']]);
  });

  test('tries again, and does not fail where nobody answers', async () => {
    respond = (_request, response) => response.writeHead(503).end();
    // the pauses would only make the test slow
    const { status, stderr } = await run(
      shell,
      'report.sh',
      'sleep() { :; }\nset -e\nreport installing\necho on',
    );
    expect(status).toBe(0);
    expect(received).toHaveLength(5);
    expect(stderr).toContain('stage installing could not be reported');
  });
});

/** A megabyte that packs badly and is the same in every run. */
const IMAGE = Buffer.concat(
  Array.from({ length: 16_384 }, (_, index) => createHash('sha512').update(`${index}`).digest()),
);

function pack(kind: string): Buffer {
  if (kind === 'none') return IMAGE;
  if (kind === 'gzip') return gzipSync(IMAGE);
  const packed = spawnSync(kind, ['-c'], { input: IMAGE, maxBuffer: 10_000_000 });
  if (packed.status !== 0) throw new Error(`${kind} failed`);
  return packed.stdout;
}

const KINDS = ['none', 'gzip', 'bzip2', 'xz', 'zstd'].filter((kind) => kind === 'none' || hasCommand(kind));

describe.each(SHELLS)('write-image.sh in $shell', ({ shell }) => {
  const write = (
    served: Buffer,
    kind: string,
    sha256 = createHash('sha256').update(served).digest('hex'),
  ) => {
    respond = (_request, response) => response.end(served);
    writeFileSync(join(folder, 'disk'), Buffer.alloc(9_000_000, 0xee));
    mkdirSync(join(folder, 'work'));
    const script = `write_image '${base}/image' ${sha256} ${kind} '${folder}/disk' '${folder}/work'`;
    return run(shell, 'write-image.sh', script);
  };
  const disk = () => readFileSync(join(folder, 'disk'));
  const isWiped = () => disk().subarray(0, 1_000_000).equals(Buffer.alloc(1_000_000));

  test.each(KINDS.filter((kind) => shell === 'sh' || kind !== 'zstd'))(
    'writes an image packed with %s, and only it',
    async (kind) => {
      expect(await write(pack(kind), kind)).toMatchObject({ status: 0, stdout: '' });
      expect(disk().subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);
      expect(
        disk()
          .subarray(IMAGE.length)
          .every((byte) => byte === 0xee),
      ).toBe(true);
      expect(statSync(join(folder, 'disk')).size).toBe(9_000_000);
    },
  );

  test('an image with another digest is wiped', async () => {
    const { status, stdout } = await write(pack('gzip'), 'gzip', '0'.repeat(64));
    expect([status, stdout]).toEqual([1, 'the image has not the expected digest\n']);
    expect(isWiped()).toBe(true);
  });

  test('an image that cannot be unpacked is wiped', async () => {
    const broken = pack('gzip').subarray(0, 5_000);
    const { status, stdout } = await write(broken, 'gzip');
    expect([status, stdout]).toEqual([1, 'the image could not be unpacked\n']);
    expect(isWiped()).toBe(true);
  });

  test('an image that breaks off on the way is told from a wrong one', async () => {
    const served = pack('none');
    const whole = createHash('sha256').update(served).digest('hex');
    writeFileSync(join(folder, 'disk'), Buffer.alloc(9_000_000, 0xee));
    mkdirSync(join(folder, 'work'));
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': served.length });
      response.write(served.subarray(0, 500_000), () => response.destroy());
    };
    // GNU wget would ask again for the rest, for a long time
    const once = 'timeout() { shift; command timeout 60 "$@" -t 1; }\n';
    const write = `write_image '${base}/image' ${whole} none '${folder}/disk' '${folder}/work'`;
    const script = shell === 'sh' ? once + write : write;
    const { status, stdout } = await run(shell, 'write-image.sh', script);
    expect([status, stdout]).toEqual([1, 'the image could not be fetched completely\n']);
    expect(isWiped()).toBe(true);
  });

  test('an image that is not there leaves the disk unbootable, and says so', async () => {
    respond = (_request, response) => response.writeHead(410).end();
    writeFileSync(join(folder, 'disk'), Buffer.alloc(9_000_000, 0xee));
    mkdirSync(join(folder, 'work'));
    const script = `write_image '${base}/image' ${'0'.repeat(64)} gzip '${folder}/disk' '${folder}/work'`;
    const { status, stdout } = await run(shell, 'write-image.sh', script);
    expect([status, stdout]).toEqual([1, 'the image could not be fetched completely\n']);
  });

  test('a disk that is full is told', async () => {
    respond = (_request, response) => response.end(pack('gzip'));
    mkdirSync(join(folder, 'work'));
    const sha256 = createHash('sha256').update(pack('gzip')).digest('hex');
    const script = `write_image '${base}/image' ${sha256} gzip /dev/full '${folder}/work'`;
    const { status, stdout } = await run(shell, 'write-image.sh', script);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^the image could not be written to \/dev\/full: /);
  });

  test('a packer that is missing is told before anything is written', async () => {
    expect(await write(IMAGE, 'zpaq')).toMatchObject({
      status: 1,
      stdout: 'this deploy agent has no zpaq to unpack the image\n',
    });
    expect(received).toEqual([]);
    expect(disk()[0]).toBe(0xee);
  });
});

describe('first-boot.sh', () => {
  const install = async () => {
    mkdirSync(join(folder, 'root/etc/systemd/system'), { recursive: true });
    mkdirSync(join(folder, 'root/bin'), { recursive: true });
    symlinkSync('/bin/bash', join(folder, 'root/bin/bash'));
    return run('sh', 'first-boot.sh', `install_first_boot '${folder}/root'`);
  };
  const script = () => join(folder, 'root/usr/local/sbin/provision-first-boot');

  test('puts a unit and its script into the system', async () => {
    expect(await install()).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(script()).mode & 0o777).toBe(0o700);
    const wants = 'root/etc/systemd/system/multi-user.target.wants/provision-first-boot.service';
    expect(readFileSync(join(folder, wants), 'utf8')).toContain(
      'ExecStart=/usr/local/sbin/provision-first-boot',
    );
    expect(spawnSync('bash', ['-n', script()]).status).toBe(0);
  });

  test('does nothing to a system without systemd', async () => {
    mkdirSync(join(folder, 'root'));
    expect(await run('sh', 'first-boot.sh', `install_first_boot '${folder}/root'`)).toMatchObject({
      status: 0,
    });
    expect(spawnSync('ls', [join(folder, 'root')], { encoding: 'utf8' }).stdout).toBe('');
  });

  test.each(['curl', 'wget', 'bash alone'])('posts with %s', async (program) => {
    await install();
    // only the function that posts: the rest reads and removes files of the running system
    const post = /^post\(\) \{[\s\S]*?^\}$/m.exec(readFileSync(script(), 'utf8'))?.[0];
    const hide = `type() { [[ $2 == "${program}" ]] && builtin type "$@"; }`;
    writeFileSync(
      join(folder, 'post.sh'),
      `url='${base}/i/TOKEN/event/first-boot'\n${hide}\n${post}\npost "detail=a%20b"\n`,
    );
    const { status } = await run('bash', 'report.sh', `. '${folder}/post.sh'`);
    expect(status).toBe(0);
    expect(received).toEqual([{ method: 'POST', url: '/i/TOKEN/event/first-boot', body: 'detail=a%20b' }]);
  });
});
