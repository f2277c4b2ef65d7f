import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  programProblem,
  readableProblem,
  secretFileProblem,
} from '../../../server/handoff/definition-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'definition-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (mode: number): string => {
  const path = join(folder, mode.toString(8));
  writeFileSync(path, 'x');
  chmodSync(path, mode);
  return path;
};

it('a playbook may be read by all and written by few', async () => {
  expect(await readableProblem('playbook', file(0o644))).toBeUndefined();
  expect(await readableProblem('playbook', file(0o666))).toMatch(/may be written by everybody: chmod o-w/);
  expect(await readableProblem('playbook', join(folder, 'none'))).toBe(
    `playbook ${folder}/none is not there`,
  );
  expect(await readableProblem('playbook', folder)).toBe(`playbook ${folder} is no file`);
});

it('a key is read by nobody else', async () => {
  expect(await secretFileProblem('key', file(0o600))).toBeUndefined();
  expect(await secretFileProblem('key', file(0o400))).toBeUndefined();
  expect(await secretFileProblem('key', file(0o640))).toMatch(/mode 0640\): chmod 0600/);
});

it('a program is looked for where it will be started', async () => {
  expect(await programProblem('sh', 'install it')).toBeUndefined();
  expect(await programProblem(file(0o600), 'install it')).toMatch(/^there is no program .*: install it$/);
  expect(await programProblem(file(0o755), 'install it')).toBeUndefined();
});
