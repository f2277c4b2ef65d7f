import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hasCommand } from '../../support/has-command.ts';
import { SHELLS, useSnippetBench } from '../../support/snippet-shell.ts';

const bench = useSnippetBench();

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
    bench.respond = (_request, response) => response.end(served);
    writeFileSync(join(bench.folder, 'disk'), Buffer.alloc(9_000_000, 0xee));
    mkdirSync(join(bench.folder, 'work'));
    const script = `write_image '${bench.base}/image' ${sha256} ${kind} '${bench.folder}/disk' '${bench.folder}/work'`;
    return bench.run(shell, 'write-image.sh', script);
  };
  const disk = () => readFileSync(join(bench.folder, 'disk'));
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
      expect(statSync(join(bench.folder, 'disk')).size).toBe(9_000_000);
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
    writeFileSync(join(bench.folder, 'disk'), Buffer.alloc(9_000_000, 0xee));
    mkdirSync(join(bench.folder, 'work'));
    bench.respond = (_request, response) => {
      response.writeHead(200, { 'content-length': served.length });
      response.write(served.subarray(0, 500_000), () => response.destroy());
    };
    // GNU wget would ask again for the rest, for a long time
    const once = 'timeout() { shift; command timeout 60 "$@" -t 1; }\n';
    const write = `write_image '${bench.base}/image' ${whole} none '${bench.folder}/disk' '${bench.folder}/work'`;
    const script = shell === 'sh' ? once + write : write;
    const { status, stdout } = await bench.run(shell, 'write-image.sh', script);
    expect([status, stdout]).toEqual([1, 'the image could not be fetched completely\n']);
    expect(isWiped()).toBe(true);
  });

  test('an image that is not there leaves the disk unbootable, and says so', async () => {
    bench.respond = (_request, response) => response.writeHead(410).end();
    writeFileSync(join(bench.folder, 'disk'), Buffer.alloc(9_000_000, 0xee));
    mkdirSync(join(bench.folder, 'work'));
    const script = `write_image '${bench.base}/image' ${'0'.repeat(64)} gzip '${bench.folder}/disk' '${bench.folder}/work'`;
    const { status, stdout } = await bench.run(shell, 'write-image.sh', script);
    expect([status, stdout]).toEqual([1, 'the image could not be fetched completely\n']);
  });

  test('a disk that is full is told', async () => {
    bench.respond = (_request, response) => response.end(pack('gzip'));
    mkdirSync(join(bench.folder, 'work'));
    const sha256 = createHash('sha256').update(pack('gzip')).digest('hex');
    const script = `write_image '${bench.base}/image' ${sha256} gzip /dev/full '${bench.folder}/work'`;
    const { status, stdout } = await bench.run(shell, 'write-image.sh', script);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^the image could not be written to \/dev\/full: /);
  });

  test('a packer that is missing is told before anything is written', async () => {
    expect(await write(IMAGE, 'zpaq')).toMatchObject({
      status: 1,
      stdout: 'this deploy agent has no zpaq to unpack the image\n',
    });
    expect(bench.received).toEqual([]);
    expect(disk()[0]).toBe(0xee);
  });
});
