import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AnswerFacts, buildContext } from '../../src/answer-file/context.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import { minimalFacts, PASSWORD_HASH, SSH_KEY } from '../support/answer-facts.ts';
import { shippedFile, shippedSnippets } from '../support/shipped-files.ts';
import { useSnippetBench } from '../support/snippet-shell.ts';

type Settings = AnswerFacts['settings'];

function render(settings: Settings = {}): string {
  const template = { name: 'debian-13.preseed', text: shippedFile('kickstarts/debian-13.preseed') };
  const facts = minimalFacts({ settings: { vars: { mirror_host: 'deb.example.org' }, ...settings } });
  const context = buildContext(facts);
  return renderAnswerFile({ template, snippets: shippedSnippets(), context, mode: 'serve' }).text;
}

/** Reads a value the way the installer's debconf-set-selections does: comments and empty lines go before lines are joined. */
function answers(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let joined = '';
  for (const line of text.split('\n').filter((l) => !/^#|^\s*$/.test(l))) {
    joined += ` ${line.trim().replace(/\s*\\$/, '')}`;
    if (line.endsWith('\\')) continue;
    const [, name = '', , ...value] = joined.trim().split(' ');
    found.set(name, value.join(' '));
    joined = '';
  }
  return found;
}

const COMMANDS = ['preseed/early_command', 'partman/early_command', 'preseed/late_command'];

const EVERY_FLAG = Object.fromEntries(
  ['fast', 'unsigned_mirror', 'network_first', 'power_off', 'non_free_firmware'].map((name) => [name, 'yes']),
);

test.each([{}, EVERY_FLAG])('the commands are shell, with %o', (flags) => {
  const read = answers(render({ sshKeys: [SSH_KEY], vars: { mirror_host: 'deb.example.org', ...flags } }));
  for (const name of COMMANDS) execFileSync('sh', ['-n', '-c', read.get(name) ?? 'missing (']);
  expect(read.get('preseed/late_command')).toContain(`echo '${SSH_KEY}' >>`);
  expect(read.get('preseed/early_command')).toContain("echo 'provision-stage installed' >>");
});

test('without a hash no password of root is valid, and an unsigned mirror is never the default', () => {
  const read = answers(render());
  expect(read.get('passwd/root-password-crypted')).toBe('*');
  expect(read.has('debian-installer/allow_unauthenticated')).toBe(false);
  expect(read.get('preseed/early_command')).not.toContain('AllowInsecure');
  const given = answers(render({ rootPasswordHash: new Secret(PASSWORD_HASH) }));
  expect(given.get('passwd/root-password-crypted')).toBe(PASSWORD_HASH);
});

describe('the first boot', () => {
  const bench = useSnippetBench();

  /** What the late_command puts into the installed system, with the server of the bench in it. */
  function install(): string {
    const target = join(bench.folder, 'target');
    for (const folder of ['root', 'usr/local/sbin', 'etc/systemd/system'])
      mkdirSync(join(target, folder), { recursive: true });
    const late = answers(render()).get('preseed/late_command') ?? '';
    const command = late
      .replaceAll('/target', target)
      .replaceAll(/url=http:[^ ;]*(?=\/first-boot)/g, `url=${bench.base}/i/T`);
    execFileSync('sh', ['-c', command]);
    return target;
  }

  test('is reported by a unit with the token, which only root may read', () => {
    const target = install();
    const script = join(target, 'usr/local/sbin/provision-first-boot');
    expect(statSync(script).mode & 0o777).toBe(0o700);
    execFileSync('bash', ['-n', script]);
    const wants = join(target, 'etc/systemd/system/multi-user.target.wants/provision-first-boot.service');
    expect(readFileSync(wants, 'utf8')).toMatch(/ExecStart=\/usr\/local\/sbin\/provision-first-boot\n/);
  });

  test('tells the host keys once, and leaves nothing behind', async () => {
    const target = install();
    mkdirSync(join(target, 'etc/ssh'));
    writeFileSync(join(target, 'etc/ssh/ssh_host_ed25519_key.pub'), 'ssh-ed25519 AAAA root@web001\n');
    const script = join(target, 'usr/local/sbin/provision-first-boot');
    const inside = readFileSync(script, 'utf8').replaceAll(/\/etc\/(ssh|systemd)/g, `${target}/etc/$1`);
    writeFileSync(script, inside);
    expect(await bench.run('bash', 'report.sh', `exec '${script}'`)).toMatchObject({ status: 0, stderr: '' });
    const told = bench.received.map(({ body, ...rest }) => ({ ...rest, body: decodeURIComponent(body) }));
    const body = 'detail=ssh-ed25519 AAAA root@web001\n';
    expect(told).toEqual([{ method: 'POST', url: '/i/T/first-boot', body }]);
    expect(existsSync(script)).toBe(false);
    expect(readdirSync(join(target, 'etc/systemd/system'))).toEqual(['multi-user.target.wants']);
    expect(readdirSync(join(target, 'etc/systemd/system/multi-user.target.wants'))).toEqual([]);
  });
});

interface Disk {
  readonly name: string;
  readonly gigabytes: number;
  readonly bus?: string;
  readonly removable?: boolean;
}

describe('the disk', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'disk-'));
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(root, 'sys/block'), { recursive: true });
    mkdirSync(join(root, 'tmp'));
    for (const program of ['provision-stage', 'provision-failed', 'debconf-set', 'logger']) {
      const path = join(root, 'bin', program);
      writeFileSync(path, `#!/bin/sh\necho "${program} $*" >> ${root}/calls\n`);
      chmodSync(path, 0o755);
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function attach({ name, gigabytes, bus = 'pci0', removable = false }: Disk): void {
    const device = join(root, 'sys/devices', bus, name);
    mkdirSync(device, { recursive: true });
    writeFileSync(join(device, 'size'), String(gigabytes * 1953125));
    writeFileSync(join(device, 'removable'), removable ? '1' : '0');
    writeFileSync(join(device, 'ro'), '0');
    symlinkSync(device, join(root, 'sys/block', name));
  }

  /** Runs the command against a made-up /sys; gives what it told the server and the installer. */
  function choose(values: Settings = {}): { ok: boolean; calls: string } {
    const command = answers(render(values)).get('partman/early_command') ?? '';
    const script = command.replaceAll(/\/(sys|tmp)\//g, (path) => root + path);
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}` };
    let ok = true;
    try {
      execFileSync('sh', ['-c', script], { env });
    } catch {
      ok = false;
    }
    return { ok, calls: readFileSync(join(root, 'calls'), 'utf8') };
  }

  test('is the only fixed one that is big enough', () => {
    attach({ name: 'sda', gigabytes: 500, bus: 'pci0/usb1/1-1' });
    attach({ name: 'sdb', gigabytes: 100, bus: 'pci0/ata1' });
    attach({ name: 'sdc', gigabytes: 4, bus: 'pci0/ata2' });
    attach({ name: 'sr0', gigabytes: 100 });
    attach({ name: 'sdd', gigabytes: 100, removable: true });
    const { ok, calls } = choose();
    expect(ok).toBe(true);
    expect(calls).toContain('debconf-set partman-auto/disk /dev/sdb\n');
    expect(calls).toContain('debconf-set grub-installer/bootdev /dev/sdb\n');
    expect(readFileSync(join(root, 'tmp/provision.recipe'), 'utf8')).toContain('method{ biosgrub }');
  });

  test('gets an EFI system partition on a UEFI machine', () => {
    attach({ name: 'vda', gigabytes: 20 });
    mkdirSync(join(root, 'sys/firmware/efi'), { recursive: true });
    expect(choose().ok).toBe(true);
    expect(readFileSync(join(root, 'tmp/provision.recipe'), 'utf8')).toContain('method{ efi }');
  });

  test.each([
    { disks: ['sda', 'nvme0n1'], values: {}, reason: '2 disks qualify, name one: /dev/nvme0n1 /dev/sda' },
    { disks: [], values: {}, reason: 'no disk of 8 GB or more' },
    { disks: ['sda'], values: { minDiskGb: 1000 }, reason: 'no disk of 1000 GB or more' },
    { disks: ['sda'], values: { disk: '/dev/nothing-here' }, reason: 'there is no disk /dev/nothing-here' },
  ])('stops the installation: $reason', ({ disks, values, reason }) => {
    for (const name of disks) attach({ name, gigabytes: 100 });
    const { ok, calls } = choose(values);
    expect(ok).toBe(false);
    expect(calls).toContain(`provision-failed ${reason}\n`);
    expect(calls).not.toContain('debconf-set');
  });
});
