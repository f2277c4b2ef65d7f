import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveStream } from '../../../src/cli/output/save-stream.ts';
import { recordFiles } from '../../../src/cli/records/record-files.ts';
import { readRecords } from '../../../src/cli/records/records-source.ts';
import { isReplaceable } from '../../../src/cli/records/replaceable.ts';
import { runCli } from '../../support/fake-cli.ts';

async function refusal(files: Record<string, string>, line = 'apply -f d') {
  const { code, stderr, requests } = await runCli(line.split(' '), { files });
  expect({ code, requests }).toEqual({ code: 1, requests: [] });
  return stderr;
}

const unread = () => Promise.reject(new Error('no file is read'));

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('files of records', () => {
  it.each([
    [{ 'd/a.yaml': 'systms: []\n' }, 'error: d/a.yaml:1: there are no systms\nnext: did you mean systems?\n'],
    [{ 'd/a.yaml': 'systems:\n  - profile: x\n' }, 'error: d/a.yaml:2: system has no name\n'],
    [
      { 'd/a.yaml': 'systems: {}\n' },
      'error: d/a.yaml:1: systems is a list\nnext: each entry begins with a dash\n',
    ],
    [{ 'd/a.yaml': '- x\n' }, 'error: d/a.yaml:1: this is no document of records'],
    [{ 'd/a.csv': 'mac\nx\n' }, 'error: d/a.csv:2: name has no name'],
    [
      { 'd/a.yaml': 'systems:\n  - name: w\n', 'd/b.csv': 'name\nw\n' },
      'error: d/b.csv:2: system w stands at d/a.yaml:2 already\n',
    ],
    [{ 'd/readme.md': '' }, 'error: there is no YAML, JSON or CSV in d\n'],
  ])('%j', async (files, words) => expect(await refusal(files)).toContain(words));

  it('hold several documents, each with its lines', async () => {
    const two = 'systems:\n- name: a\n---\n# nothing\n---\nsystems:\n- name: b\nprofiles:\n- name: p\n...\n';
    const source = await readRecords(['-'], { readStdin: async () => two, readFile: unread, recordFiles });
    expect(source.document).toEqual({ profiles: [{ name: 'p' }], systems: [{ name: 'a' }, { name: 'b' }] });
    expect(source.whereIs('system', 'b', '')).toBe('stdin:7');
  });

  it('are wanted', async () => {
    expect((await runCli(['apply'])).stderr).toContain('missing: --file');
    expect((await runCli(['diff', '-f', '-', '-f', '-'])).stderr).toContain('stdin can be read once');
  });

  it('are found below a folder, without hidden ones and links, and written in one step', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'records-'));
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git', 'a.yaml'), '');
    writeFileSync(join(folder, 'b.yaml'), 'old');
    symlinkSync('/etc/passwd', join(folder, 'link.yaml'));
    await recordFiles.write(join(folder, 'systems', 'a.yaml'), 'a');
    await recordFiles.write(join(folder, 'b.yaml'), 'new');
    expect(await recordFiles.list(`${folder}/`)).toEqual(['b.yaml', 'systems/a.yaml']);
    expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe('new');
    await recordFiles.remove(join(folder, 'b.yaml'));
    expect(await recordFiles.list(folder)).toEqual(['systems/a.yaml']);
    expect(await recordFiles.list(join(folder, 'systems/a.yaml'))).toBeUndefined();
    expect(await recordFiles.list(join(folder, 'missing'))).toBeUndefined();
    const below = join(folder, 'systems/a.yaml/b');
    await expect(recordFiles.write(below, '')).rejects.toThrow(`cannot write ${below} (EEXIST)`);
    rmSync(folder, { recursive: true });
  });

  it('are written to a device, which is not replaced by a file; nor is it by a backup', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'records-'));
    const path = join(folder, 'null');
    symlinkSync('/dev/null', path);
    await recordFiles.write(path, 'a');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(await saveStream(path, chunks('ab', 'c'))).toBe(3);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toEqual(['null']);
    rmSync(folder, { recursive: true });
    expect(await isReplaceable('/dev/stdout')).toBe(false);
  });
});
