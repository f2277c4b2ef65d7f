import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AnswerFacts, buildContext } from '../../src/answer-file/context.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { fullFacts, minimalFacts, PASSWORD_HASH, SSH_KEY } from '../support/answer-facts.ts';
import { hasCommand } from '../support/has-command.ts';
import { shippedFile, shippedSnippets } from '../support/shipped-files.ts';

const SHELLS = [['sh'], ...(hasCommand('busybox') ? [['busybox', 'sh']] : [])];
const image = { url: 'http://10.0.0.1/i/T/image', fileName: 'a.raw.gz', sha256: '0'.repeat(64) };

let root: string;
let work: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'root-'));
  work = mkdtempSync(join(tmpdir(), 'work-'));
  for (const folder of ['etc/cloud/cloud.cfg.d', 'root']) mkdirSync(join(root, folder), { recursive: true });
  put('etc/shadow', 'daemon:*:1:0:9:7:::\nroot:*:20000:0:99999:7:::\nrooted:x:1::::::\n');
  put('etc/hosts', '127.0.0.1\tlocalhost\n127.0.1.1\told.example.org old\n10.0.0.9 other\n');
});

afterEach(() => {
  for (const folder of [root, work]) rmSync(folder, { recursive: true, force: true });
});

const put = (path: string, text: string) => writeFileSync(join(root, path), text, { mode: 0o640 });
const get = (path: string) => readFileSync(join(root, path), 'utf8');
const modeOf = (path: string) => (statSync(join(root, path)).mode & 0o777).toString(8);

/** The functions of the rendered script, without what it does with disks, and then `script`. */
function run(shell: readonly string[], facts: Partial<AnswerFacts>, script: string) {
  const template = { name: 'image-deploy.sh', text: shippedFile('kickstarts/image-deploy.sh') };
  const context = buildContext(minimalFacts({ image, ...facts }));
  const { text } = renderAnswerFile({ template, snippets: shippedSnippets(), context, mode: 'serve' });
  const functions = text.split('\nwork=$(mktemp')[0] ?? '';
  expect(functions.length).toBeLessThan(text.length);
  const [command = 'sh', ...args] = shell;
  return spawnSync(command, args, { input: `${functions}\nwork='${work}'\n${script}\n`, encoding: 'utf8' });
}

describe.each(SHELLS)('image-deploy.sh in %s %s', (...shell) => {
  const personalise = (facts: Partial<AnswerFacts>) =>
    run(shell.filter(Boolean), facts, `personalise '${root}'`);

  test('makes the image this machine, with everything', () => {
    const { settings, system } = fullFacts();
    expect(personalise({ settings, system })).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(get('etc/hostname')).toBe('db-7\n');
    expect(get('etc/hosts')).toBe('127.0.0.1\tlocalhost\n10.0.0.9 other\n127.0.1.1 db-7.example.org db-7\n');
    expect(get('etc/shadow')).toBe(
      `daemon:*:1:0:9:7:::\nroot:${PASSWORD_HASH}:20000:0:99999:7:::\nrooted:x:1::::::\n`,
    );
    expect(modeOf('etc/shadow')).toBe('640');
    expect(get('root/.ssh/authorized_keys')).toBe(`${settings.sshKeys?.join('\n')}\n`);
    expect([modeOf('root/.ssh'), modeOf('root/.ssh/authorized_keys')]).toEqual(['700', '600']);
    expect(get('etc/cloud/cloud.cfg.d/99-provision.cfg')).toContain('preserve_hostname: true');
  });

  test('leaves alone what the record does not say', () => {
    const before = get('etc/shadow');
    expect(personalise({})).toMatchObject({ status: 0, stdout: '' });
    expect(get('etc/shadow')).toBe(before);
    expect(get('etc/hosts')).toMatch(/\n127\.0\.1\.1 web001\n$/);
    expect(() => get('root/.ssh/authorized_keys')).toThrow('ENOENT');
  });

  test.each<{ name: string; breaks: string; reason: string }>([
    { name: 'no root account', breaks: 'etc/shadow', reason: 'the root password could not be set\n' },
    { name: 'no etc', breaks: 'etc', reason: 'the host name could not be set\n' },
    { name: 'no home of root', breaks: 'root', reason: 'the SSH keys could not be written\n' },
  ])('says what is wrong with the image: $name', ({ breaks, reason }) => {
    rmSync(join(root, breaks), { recursive: true });
    // a file where a folder should be: nothing can be made in it
    writeFileSync(join(root, breaks), 'nobody:x:\n');
    const { settings } = fullFacts({ settings: { ...fullFacts().settings, sshKeys: [SSH_KEY] } });
    const { status, stdout } = personalise({ settings });
    expect([status, stdout]).toEqual([1, reason]);
  });

  test.each([
    { disk: 'sda', number: 1, device: '/dev/sda1' },
    { disk: 'vda', number: 15, device: '/dev/vda15' },
    { disk: 'nvme0n1', number: 2, device: '/dev/nvme0n1p2' },
    { disk: 'mmcblk0', number: 1, device: '/dev/mmcblk0p1' },
  ])('partition $number of $disk is $device', ({ disk, number, device }) => {
    const { stdout } = run(shell.filter(Boolean), {}, `partition_device ${disk} ${number}`);
    expect(stdout).toBe(`${device}\n`);
  });
});
