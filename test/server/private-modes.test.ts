import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refuseLaxConfig, refuseLaxModes } from '../../server/private-modes.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'provision-modes-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('takes what is its own, and what is not there', () => {
  refuseLaxModes(dataDir);
  for (const name of ['provision.db', 'secret.key', 'tls.key'])
    writeFileSync(join(dataDir, name), '', { mode: 0o600 });
  refuseLaxModes(dataDir);
  refuseLaxModes(join(dataDir, 'nowhere'));
  refuseLaxConfig(null);
});

it.each([0o755, 0o750, 0o701, 0o770])('refuses a data folder of mode %o', (mode) => {
  chmodSync(dataDir, mode);
  expect(() => refuseLaxModes(dataDir)).toThrow(/may be opened by others/);
});

it.each(['provision.db', 'provision.db-wal', 'secret.key', 'tls.key'])('refuses a lax %s', (name) => {
  for (const mode of [0o640, 0o604, 0o620]) {
    writeFileSync(join(dataDir, name), '');
    chmodSync(join(dataDir, name), mode);
    expect(() => refuseLaxModes(dataDir)).toThrow(new RegExp(`${name} may be opened by others`));
  }
});

it('refuses a configuration that others may change, and takes one that they may read', () => {
  const path = join(dataDir, 'provision.yaml');
  writeFileSync(path, '{}');
  for (const mode of [0o600, 0o640, 0o644]) {
    chmodSync(path, mode);
    refuseLaxConfig(path);
  }
  for (const mode of [0o660, 0o646]) {
    chmodSync(path, mode);
    expect(() => refuseLaxConfig(path)).toThrow(/may be changed by others/);
  }
});
