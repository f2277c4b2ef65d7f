import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privateFiles } from '../../../src/cli/connect/private-files.ts';
import { LocalError } from '../../../src/cli/errors.ts';

describe('files for their owner only', () => {
  let folder: string;
  let path: string;
  let umask: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'private-files-'));
    path = join(folder, 'provision', 'credentials.json');
    umask = process.umask(0);
  });
  afterEach(() => {
    process.umask(umask);
    rmSync(folder, { recursive: true });
  });

  const mode = (of: string): number => statSync(of).mode & 0o777;

  it('writes with mode 0600 into a folder of mode 0700, and leaves nothing else there, whatever the umask', async () => {
    await privateFiles.write(path, 'one');
    await privateFiles.write(path, 'two');
    expect([mode(path), mode(join(folder, 'provision'))]).toEqual([0o600, 0o700]);
    expect(await privateFiles.read(path)).toEqual({ text: 'two', mode: 0o600 });
    expect(readdirSync(join(folder, 'provision'))).toEqual(['credentials.json']);
  });

  it('closes a file that was open to others when it writes it anew', async () => {
    mkdirSync(join(folder, 'provision'));
    writeFileSync(path, 'old');
    chmodSync(path, 0o644);
    expect(await privateFiles.read(path)).toEqual({ text: 'old', mode: 0o644 });
    await privateFiles.write(path, 'new');
    expect(mode(path)).toBe(0o600);
  });

  it('finds nothing where nothing is', async () => {
    expect(await privateFiles.read(path)).toBeUndefined();
  });

  it('says what it could not do, and keeps what was there', async () => {
    writeFileSync(join(folder, 'provision'), 'a file in the way');
    await expect(privateFiles.write(path, 'x')).rejects.toThrow(LocalError);
    await expect(privateFiles.read(path)).rejects.toThrow(`cannot read ${path} (ENOTDIR)`);
    expect(readFileSync(join(folder, 'provision'), 'utf8')).toBe('a file in the way');
  });
});
