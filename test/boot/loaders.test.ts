import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canFetchByHttp, LOADER_FILES, LOADERS, LOCAL_BOOT_LOADERS } from '../../src/boot/loaders.ts';
import { LOADER_CHOICES, LOCAL_BOOT_CHOICES } from '../../src/domain/boot/boot-choice.ts';
import { logicalName } from '../../src/tftp/path.ts';

const known = new Set(LOADER_FILES.map(({ name }) => name));
const chains = Object.values(LOADERS).flatMap((row) => Object.values(row));

describe('the table of loaders', () => {
  it('says of every file of every chain where it comes from', () => {
    const named = chains.flatMap((chain) => ('none' in chain ? [] : [chain.first, ...chain.needs]));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(Object.values(LOCAL_BOOT_LOADERS).filter((name) => name !== null && !known.has(name))).toEqual([]);
  });

  it('has every name once, and only names that a TFTP client can ask for as they are', () => {
    expect(known.size).toBe(LOADER_FILES.length);
    for (const { name } of LOADER_FILES) expect(logicalName(name)).toEqual({ ok: true, name });
  });

  it('F20: has short names with forward slashes', () => {
    for (const name of known) expect(name).toMatch(/^[a-z0-9./-]{1,64}$/);
  });
});

describe('docs/operations.md', () => {
  const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const words = new Set(docs.split(/[`\s,|();]+/));

  it('names every file of every chain, and every package of amd64', () => {
    const named = chains.flatMap((chain) => ('none' in chain ? [] : [chain.first, ...chain.needs]));
    const packages = LOADER_FILES.flatMap(({ debian }) => (debian === null ? [] : [debian.package]));
    const wanted = [...named, ...packages.filter((name) => !name.includes(':'))];
    expect(wanted.filter((word) => !words.has(word))).toEqual([]);
  });

  it('has a row for every choice', () => {
    const rows = [...LOADER_CHOICES, ...LOCAL_BOOT_CHOICES];
    expect(rows.filter((choice) => !docs.includes(`\n| \`${choice}\` |`))).toEqual([]);
  });
});

describe('canFetchByHttp', () => {
  const withHttp = Buffer.from('MZ… HTTP/1.1\r\nHost: …');
  const without = Buffer.from('MZ… tftp …');

  it.each([
    ['x64/grubx64.efi', without, false],
    ['x64/grubx64.efi', withHttp, true],
    // The others of the table all can: what is not GRUB is not looked into.
    ['snponly.efi', without, true],
    ['lpxelinux.0', without, true],
  ])('%s', (name, bytes, can) => expect(canFetchByHttp(name, bytes)).toBe(can));
});
