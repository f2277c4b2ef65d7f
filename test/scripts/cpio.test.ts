import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { DIRECTORY, encodeCpio, FILE, PROGRAM, SYMLINK } from '../../scripts/agent/cpio.mjs';

const nothing = Buffer.alloc(0);

test('one file, byte by byte', () => {
  const archive = encodeCpio([{ path: 'a', mode: FILE, body: Buffer.from('hello') }]);
  const header =
    '070701' + // magic of "newc" without checksums
    '00000001' + // inode
    '000081a4' + // mode 0100644
    '0000000000000000' + // uid, gid
    '00000001' + // links
    '00000000' + // time
    '00000005' + // file size
    '0000000000000000' + // device
    '0000000000000000' + // device of a special file
    '00000002' + // name with its zero
    '00000000'; // check
  const first = Buffer.concat([Buffer.from(`${header}a\0`), Buffer.from('hello\0\0\0')]);
  expect(archive.subarray(0, first.length)).toEqual(first);
  expect(archive.length % 4).toBe(0);
});

test('the same input gives the same bytes', () => {
  const entries = [{ path: 'a', mode: PROGRAM, body: Buffer.from('x') }];
  expect(encodeCpio(entries)).toEqual(encodeCpio(entries));
});

test('an independent reader lists what was put in', () => {
  const archive = encodeCpio([
    { path: 'bin', mode: DIRECTORY, body: nothing },
    { path: 'bin/tool', mode: PROGRAM, body: Buffer.from('#!/bin/sh\n') },
    { path: 'bin/alias', mode: SYMLINK, body: Buffer.from('tool') },
    { path: 'file-of-odd-length', mode: FILE, body: Buffer.alloc(4097, 7) },
  ]);
  const list = execFileSync('busybox', ['cpio', '-tv'], { input: archive, encoding: 'utf8' });
  const rows = list
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/\s+/));
  expect(rows.map((row) => [row[0], row[2], row.at(-1)])).toEqual([
    ['drwxr-xr-x', '0', 'bin'],
    ['-rwxr-xr-x', '10', 'bin/tool'],
    ['lrwxrwxrwx', '0', 'tool'],
    ['-rw-r--r--', '4097', 'file-of-odd-length'],
  ]);
});
