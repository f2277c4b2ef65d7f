import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const AGENT = join(import.meta.dirname, '../../deploy/agent');

test.each(readdirSync(AGENT))('%s is a script that busybox understands', (name) => {
  execFileSync('busybox', ['ash', '-n', join(AGENT, name)]);
});

test('what the kernel starts begins with its interpreter', () => {
  expect(readFileSync(join(AGENT, 'init'), 'utf8').startsWith('#!/bin/busybox sh\n')).toBe(true);
});
