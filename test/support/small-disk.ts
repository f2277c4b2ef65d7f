import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespaces } from './namespaces.ts';
import { haveProgram } from './real-clients.ts';

/** A file system of its own, of a few megabytes, that a test can fill. */
export interface SmallDisk {
  /** Its folder, as programs see it that are started with `command`. */
  readonly inside: string;
  /** The same folder, as this process sees it. */
  readonly outside: string;
  /** Begins the command of a program that shall see it; the network namespace stays. */
  readonly command: readonly string[];
  /** Writes until nothing fits any more. */
  fill(): void;
  /** Takes away what `fill` has written. */
  clear(): void;
  remove(): void;
}

/** Why none can be made here, undefined if one can: the reason a test skips with. */
export function reasonAgainstSmallDisks(): string | undefined {
  const missing = ['unshare', 'nsenter', 'mount'].filter((name) => !haveProgram(name));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return probe.status === 0 ? undefined : `file systems cannot be mounted here: ${String(probe.stderr)}`;
}

const FILLER = 'filler';

/** Mounts it where only programs see it that are started with its `command`, and the holder, which ends with `remove`. */
export async function createSmallDisk(
  spaces: Namespaces,
  namespace: string,
  bytes: number,
): Promise<SmallDisk> {
  const inside = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const script = `mount -t tmpfs -o size=${bytes},mode=0700 none "$0" && echo mounted && exec cat`;
  const holder = spaces.spawn(namespace, ['unshare', '--mount', 'sh', '-c', script, inside]);
  const said = await new Promise<string>((resolve) => {
    holder.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    holder.once('close', () => resolve('nothing'));
  });
  if (said.trim() !== 'mounted') throw new Error(`no small disk could be mounted: ${said}`);
  const outside = `/proc/${holder.pid}/root${inside}`;
  return {
    inside,
    outside,
    command: ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`],
    fill: () => fill(join(outside, FILLER)),
    clear: () => rmSync(join(outside, FILLER)),
    remove() {
      holder.stdin?.end();
      holder.kill('SIGKILL');
      rmSync(inside, { recursive: true, force: true });
    },
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const bytes of [1024 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(bytes, 'x'));
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, piece: Buffer): void {
  for (;;) {
    try {
      writeSync(file, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
