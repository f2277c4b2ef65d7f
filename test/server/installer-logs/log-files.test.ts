import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openInstallLogFiles } from '../../../server/installer-logs/log-files.ts';
import { must } from '../../support/must.ts';

const folders: string[] = [];

/** Files in a folder of their own, written when they are read; kept from 400 bytes on: 100 of the beginning, 200 of the end. */
function openFiles(folder = newFolder()) {
  const files = openInstallLogFiles({
    folder,
    onError: (error) => expect.unreachable(String(error)),
    startTimer: () => {},
    limits: { mostBytes: 400, headBytes: 100, tailBytes: 200 },
  });
  return { files, folder };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'install-logs-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Lines of ten bytes each: `line 0007\n`. */
const linesOf = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${String(from + index).padStart(4, '0')}`);

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe('lines of installers', () => {
  it('are in a file that nobody else may read, and are read back from it', async () => {
    const { files, folder } = openFiles();
    files.append(7, 'one\n');
    files.append(8, 'other\n');
    files.append(7, 'two\n');
    expect(await files.part(7, 'syslog', 0)).toEqual({
      text: 'one\ntwo\n',
      from: 0,
      next: 8,
      total: 8,
      leftOutBytes: 0,
    });
    expect(statSync(join(folder, '7.log')).mode & 0o777).toBe(0o600);
    expect(await files.part(7, 'syslog', 4)).toMatchObject({ text: 'two\n', from: 4, next: 8 });
    expect(await files.part(7, 'syslog', 999)).toMatchObject({ text: '', from: 8, next: 8 });
    expect(await files.part(9, 'syslog', 0)).toBeUndefined();
  });

  it.each([
    [1, 'line 0009\n'],
    [3, 'line 0007\nline 0008\nline 0009\n'],
    [99, `${linesOf(0, 10).join('\n')}\n`],
  ])('the last %i of them', async (lines, text) => {
    const { files } = openFiles();
    files.append(7, `${linesOf(0, 10).join('\n')}\n`);
    expect((await files.tail(7, 'syslog', lines))?.text).toBe(text);
  });

  it('too many: beginning and end are kept, and how much is left out of all, each time anew', async () => {
    const { files, folder } = openFiles();
    let written = 0;
    for (const upTo of [30, 41, 47, 60, 61]) {
      files.append(7, `${linesOf(written, upTo).join('\n')}\n`);
      written = upTo;
      await files.flush();
    }
    const kept = readFileSync(join(folder, '7.log'), 'utf8');
    expect(kept.length).toBeLessThanOrEqual(400);
    const [head = '', gap = '', tail = ''] = kept.split(/(?<=\n)(---- \d+ bytes left out ----\n)/);
    expect(head).toBe(`${linesOf(0, 10).join('\n')}\n`);
    expect(tail.endsWith('line 0060\n')).toBe(true);
    const leftOut = Number(/\d+/.exec(gap)?.[0]);
    expect(head.length + leftOut + tail.length).toBe(610);
    expect(tail.startsWith(`line ${String((head.length + leftOut) / 10).padStart(4, '0')}\n`)).toBe(true);
  });

  it('offsets stay good when the middle goes, and say what is missing', async () => {
    const { files } = openFiles();
    files.append(7, `${linesOf(0, 30).join('\n')}\n`);
    const early = must(await files.part(7, 'syslog', 0), 'the log');
    expect(early.next).toBe(300);
    files.append(7, `${linesOf(30, 61).join('\n')}\n`);
    const head = must(await files.part(7, 'syslog', 50), 'the log');
    expect(head).toMatchObject({ text: `${linesOf(5, 10).join('\n')}\n`, from: 50, next: 100, total: 610 });
    const tail = must(await files.part(7, 'syslog', head.next), 'the log');
    expect(tail).toMatchObject({ from: 410, leftOutBytes: 310, next: 610 });
    expect(tail.text).toBe(`${linesOf(41, 61).join('\n')}\n`);
    expect(await files.part(7, 'syslog', early.next)).toMatchObject({ from: 410, leftOutBytes: 110 });
    expect(await files.part(7, 'syslog', 500)).toMatchObject({ text: `${linesOf(50, 61).join('\n')}\n` });
    expect(await files.tail(7, 'syslog', 99)).toMatchObject({ from: 410, text: tail.text });
  });

  it('a restart goes on with the file that there is', async () => {
    const { files, folder } = openFiles();
    files.append(7, `${linesOf(0, 61).join('\n')}\n`);
    await files.flush();
    const again = openFiles(folder).files;
    again.append(7, 'line 0061\n');
    expect(await again.tail(7, 'syslog', 2)).toMatchObject({ text: 'line 0060\nline 0061\n', total: 620 });
  });
});

describe('uploads', () => {
  it('replace the log of that name when they are whole', async () => {
    const { files, folder } = openFiles();
    expect(await files.receive(7, 'anaconda', pieces('first'))).toBe(5);
    expect(await files.receive(7, 'anaconda', pieces('second ', 'one'))).toBe(10);
    expect((await files.part(7, 'anaconda', 0))?.text).toBe('second one');
    expect(statSync(join(folder, '7.anaconda.log')).mode & 0o777).toBe(0o600);
    files.append(7, 'x\n');
    expect(await files.list(7)).toEqual(['syslog', 'anaconda']);
  });

  it('that break off or are too large leave what there was', async () => {
    const { files, folder } = openFiles();
    await files.receive(7, 'program', pieces('whole'));
    const breaking = async function* () {
      yield Buffer.from('half');
      throw new Error('gone');
    };
    await expect(files.receive(7, 'program', breaking())).rejects.toThrow('gone');
    const large = Array.from({ length: 5 }, () => 'x'.repeat(1024 * 1024));
    expect(await files.receive(7, 'program', pieces(...large))).toBeUndefined();
    expect((await files.part(7, 'program', 0))?.text).toBe('whole');
    expect(readdirSync(folder)).toEqual(['7.program.log']);
  });
});

it('files of installs that are gone go, and what a crash has left half', async () => {
  const folder = newFolder();
  for (const name of ['7.log', '7.anaconda.log', '8.log', '8.log.new', '8.dnf.log.3.part', 'a note'])
    writeFileSync(join(folder, name), '');
  const { files } = openFiles(folder);
  expect(await files.removeUnless((installId) => installId === 8)).toBe(2);
  expect(readdirSync(folder).sort()).toEqual(['8.log', 'a note']);
});
