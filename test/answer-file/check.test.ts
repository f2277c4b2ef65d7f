import { describe, expect, test } from 'vitest';
import { type AnswerKind, checkAnswerFile, kickstartRelease } from '../../src/answer-file/check.ts';
import { KICKSTART_COMMANDS, type KickstartRelease } from '../../src/answer-file/kickstart-commands.ts';

/** `error code@line` of each problem. */
function problems(kind: AnswerKind, text: string, release: KickstartRelease | null = 9): string[] {
  return checkAnswerFile(kind, text, { release }).map(
    ({ severity, code, line }) => `${severity} ${code}@${line ?? '-'}`,
  );
}

const KICKSTART = `lang en_US.UTF-8
timezone Etc/UTC --utc
rootpw --lock
sshkey --username=root "ssh-ed25519 AAAA me"
bootloader
autopart
%packages
@core
%end
`;

describe('kickstart', () => {
  test('a complete one has no problems', () => {
    for (const release of [8, 9, 10, null] as const)
      expect(problems('kickstart', KICKSTART, release)).toEqual([]);
  });

  test.each<{ name: string; add: string; expected: string[]; release?: KickstartRelease | null }>([
    { name: 'comment', add: '# install --foo\n\n   # x', expected: [] },
    { name: 'unknown command', add: 'installl', expected: ['error unknown-command@10'] },
    { name: 'prototype member as a command', add: 'constructor', expected: ['error unknown-command@10'] },
    { name: 'install in 8', add: 'install', release: 8, expected: ['warning deprecated-command@10'] },
    { name: 'install in 9', add: 'install', release: 9, expected: ['error removed-command@10'] },
    { name: 'install in an unknown release', add: 'install', release: null, expected: [] },
    { name: 'auth in 10', add: 'auth --enableshadow', release: 10, expected: ['error removed-command@10'] },
    { name: 'btrfs in 9', add: 'btrfs none', release: 9, expected: ['warning deprecated-command@10'] },
    { name: 'isUtc in 10', add: 'timezone UTC --isUtc', release: 10, expected: ['error unknown-option@10'] },
    { name: 'isUtc in 9', add: 'timezone UTC --isUtc', release: 9, expected: [] },
    {
      name: 'log level in 9',
      add: 'logging --level=info',
      release: 9,
      expected: ['warning deprecated-option@10'],
    },
    {
      name: 'log level in 10',
      add: 'logging --level=info',
      release: 10,
      expected: ['error unknown-option@10'],
    },
    { name: 'unknown option', add: 'network --adress=10.0.0.1', expected: ['error unknown-option@10'] },
    { name: 'empty value', add: 'network --bootproto=static --ip=', expected: ['error missing-value@10'] },
    { name: 'value left out', add: 'network --ip --netmask=255.0.0.0', expected: ['error missing-value@10'] },
    { name: 'value at the end left out', add: 'network --ip', expected: ['error missing-value@10'] },
    { name: 'value as the next word', add: 'network --ip 10.0.0.1', expected: [] },
    { name: 'value for a flag', add: 'network --noipv6=yes', expected: ['error unwanted-value@10'] },
    { name: 'required option', add: 'repo --baseurl=http://a/', expected: ['error missing-option@10'] },
    { name: 'open quote', add: 'network --hostname="a', expected: ['error open-quote@10'] },
    { name: 'quoted blanks and hashes', add: 'network --hostname="a # b" # c', expected: [] },
    { name: 'open section', add: '%post\necho', expected: ['error open-section@10'] },
    { name: 'section in a section', add: '%post\n%pre\n%end', expected: ['error open-section@10'] },
    { name: 'stray end', add: '%end', expected: ['error stray-end@10'] },
    { name: 'unknown section', add: '%prepost', expected: ['error unknown-section@10'] },
    { name: 'commands in a script', add: '%post\nnonsense --x\n%end', expected: [] },
    { name: 'add-on', add: '%addon com_redhat_kdump --disable\n%end', expected: [] },
    { name: 'a disk by its order', add: 'ignoredisk --only-use=sda', expected: ['warning disk-by-name@10'] },
    {
      name: 'disks by their order',
      add: 'clearpart --drives=nvme0n1,vdb',
      expected: ['warning disk-by-name@10'],
    },
    { name: 'disk by id', add: 'ignoredisk --only-use=/dev/disk/by-id/wwn-0x5', expected: [] },
    { name: 'every disk', add: 'clearpart --all', expected: ['warning wipes-all-disks@10'] },
    {
      name: 'every disk that is left',
      add: 'clearpart --all\nignoredisk --only-use=/dev/disk/by-id/x',
      expected: [],
    },
  ])('$name', ({ add, expected, release = 9 }) => {
    expect(problems('kickstart', `${KICKSTART}${add}\n`, release)).toEqual(expected);
  });

  test.each([
    { without: /^rootpw.*\nsshkey.*\n/m, expected: ['error missing-command@-'] },
    { without: /^sshkey.*\n/m, expected: ['warning nobody-can-log-in@3'] },
    { without: /^bootloader\n/m, expected: ['error missing-command@-'] },
    { without: /^autopart\n/m, expected: ['error missing-command@-'] },
    { without: /^%packages[\s\S]*%end\n/m, expected: ['error missing-command@-'] },
    { without: /^lang.*\n/m, expected: ['error missing-command@-'] },
    { without: /^timezone.*\n/m, expected: ['error missing-command@-'] },
    { without: /%end\n/, expected: ['error open-section@7'] },
  ])('without $without', ({ without, expected }) => {
    const text = KICKSTART.replace(without, '');
    expect(text).not.toBe(KICKSTART);
    expect(problems('kickstart', text)).toEqual(expected);
  });

  test('what an included file may bring is only warned about', () => {
    const text = KICKSTART.replace('autopart\n', '%include /tmp/disk.ks\n');
    expect(problems('kickstart', text)).toEqual(['warning missing-command@-']);
  });

  test('a password in the clear is warned about, and not repeated', () => {
    const found = checkAnswerFile('kickstart', KICKSTART.replace('--lock', 'opensesame'), { release: 9 });
    expect(found.map(({ code }) => code)).toEqual(['clear-text-password']);
    expect(JSON.stringify(found)).not.toContain('opensesame');
  });

  test('the table has no rule that cannot be read', () => {
    for (const [name, command] of KICKSTART_COMMANDS) {
      expect(name).toMatch(/^[a-z]+$/);
      for (const option of command.options?.split(' ') ?? [])
        expect(option).toMatch(/^--[A-Za-z0-9-]+=?!?(@(8|9|10)(,(9|10))*)?(~(8|9|10)(,(9|10))*)?$/);
    }
  });

  test.each([
    { version: '9.4', release: 9 },
    { version: '10', release: 10 },
    { version: '8.10', release: 8 },
    { version: '7.9', release: null },
    { version: 'stream', release: null },
  ])('version $version is release $release', ({ version, release }) => {
    expect(kickstartRelease(version)).toBe(release);
  });
});

const PRESEED = `d-i mirror/country string manual
d-i mirror/http/hostname string deb.example.org
d-i partman-auto/method string regular
d-i partman/confirm boolean true
d-i partman/confirm_nooverwrite boolean true
d-i passwd/make-user boolean false
d-i passwd/root-password-crypted password *
`;

describe('preseed', () => {
  test('a complete one has no problems', () => {
    expect(problems('preseed', PRESEED)).toEqual([]);
  });

  test.each([
    { name: 'comments and empty values', add: '# x\n\nd-i a/b string\nd-i a/c string \n', expected: [] },
    { name: 'continued line', add: 'd-i a/b string \\\n  # not a comment \\\n  true\n', expected: [] },
    { name: 'line that never ends', add: 'd-i a/b string x \\', expected: ['error open-line@8'] },
    { name: 'two fields', add: 'd-i a/b\n', expected: ['error malformed-line@8'] },
    { name: 'unknown type', add: 'd-i a/b text-string x\n', expected: ['error unknown-type@8'] },
    { name: 'type left out', add: 'd-i a/b true\n', expected: ['error unknown-type@8'] },
    { name: 'boolean yes', add: 'd-i a/b boolean yes\n', expected: ['error bad-boolean@8'] },
    { name: 'boolean and blank', add: 'd-i a/b boolean true \n', expected: ['error bad-boolean@8'] },
    { name: 'seen', add: 'd-i partman/confirm seen true\n', expected: [] },
    { name: 'the same twice', add: 'd-i partman/confirm boolean true\n', expected: ['warning duplicate@8'] },
    { name: 'two answers', add: 'd-i mirror/country string DE\n', expected: ['error contradiction@8'] },
    {
      name: 'disk by its order',
      add: 'd-i partman-auto/disk string /dev/sda\n',
      expected: ['warning disk-by-name@8'],
    },
    { name: 'disk by id', add: 'd-i partman-auto/disk string /dev/disk/by-id/x\n', expected: [] },
    {
      name: 'password in the clear',
      add: 'd-i passwd/root-password password x\n',
      expected: ['warning clear-text-password@8'],
    },
  ])('$name', ({ add, expected }) => {
    expect(problems('preseed', PRESEED + add)).toEqual(expected);
  });

  test.each([
    { without: /^.*hostname.*\n/m, expected: ['error missing-answer@-'] },
    { without: /^.*partman-auto.*\n/m, expected: ['error missing-answer@-'] },
    { without: /^.*confirm boolean.*\n/m, expected: ['error missing-answer@-'] },
    { without: /^.*nooverwrite.*\n/m, expected: ['error missing-answer@-'] },
    { without: /^.*root-password.*\n/m, expected: ['error missing-answer@-'] },
    { without: /^.*make-user.*\n/m, expected: ['error missing-answer@-'] },
  ])('without $without', ({ without, expected }) => {
    const text = PRESEED.replace(without, '');
    expect(text).not.toBe(PRESEED);
    expect(problems('preseed', text)).toEqual(expected);
  });

  test('a mirror by country needs no host', () => {
    const text = PRESEED.replace('manual', 'DE').replace(/^.*hostname.*\n/m, '');
    expect(problems('preseed', text)).toEqual([]);
  });

  test('nobody may log in', () => {
    expect(problems('preseed', `${PRESEED}d-i passwd/root-login boolean false\n`)).toEqual([
      'error no-account@-',
    ]);
  });
});

describe('deploy script', () => {
  test.each([
    { name: 'a script', text: '#!/bin/sh\ntrue\n', expected: [] },
    { name: 'busybox', text: '#!/bin/busybox sh\ntrue\n', expected: [] },
    { name: 'no shebang', text: 'true\n', expected: ['error no-shebang@1'] },
    { name: 'blank line first', text: '\n#!/bin/sh\n', expected: ['error no-shebang@1'] },
    { name: 'bash', text: '#!/bin/bash\n', expected: ['error no-shebang@1'] },
    { name: 'cut short', text: '#!/bin/sh\ntrue', expected: ['error cut-short@2'] },
    { name: 'here-document', text: "#!/bin/sh\ncat <<'X'\ny\nX\n", expected: [] },
    { name: 'here-document with tabs', text: '#!/bin/sh\ncat <<-X\n\ty\n\tX\n', expected: [] },
    {
      name: 'open here-document',
      text: '#!/bin/sh\ncat <<X\n X\n',
      expected: ['error open-here-document@2'],
    },
  ])('$name', ({ text, expected }) => {
    expect(problems('deploy-script', text)).toEqual(expected);
  });
});

describe('any answer file', () => {
  const script = (line: string) => `#!/bin/sh\n${line}\n`;

  test.each([
    { name: 'output tag', line: 'echo {{ system.name }}', code: 'unresolved-tag' },
    { name: 'output tag with a filter', line: 'echo {{x|upper}}', code: 'unresolved-tag' },
    { name: 'block tag', line: '{% if x %}', code: 'unresolved-tag' },
    { name: 'comment tag', line: '<%# x', code: 'unresolved-tag' },
    { name: 'CR LF', line: 'true\r', code: 'crlf' },
    { name: 'NUL', line: 'a\0b', code: 'control-character' },
    { name: 'escape', line: 'a\u001b[0m', code: 'control-character' },
    { name: 'DEL', line: 'a\u007f', code: 'control-character' },
    { name: 'half a character', line: 'a\ud83db', code: 'not-utf8' },
  ])('$name is found', ({ line, code }) => {
    expect(problems('deploy-script', script(line))).toEqual([`error ${code}@2`]);
  });

  test.each(['awk {{print $1}}', 'echo {a,{b,c}}', 'x=$' + '{y%%z}', 'tab\there', 'größe 🚀'])(
    '%s is fine',
    (line) => {
      expect(problems('deploy-script', script(line))).toEqual([]);
    },
  );

  test('empty', () => {
    expect(problems('deploy-script', ' \n')).toContain('error empty@-');
  });

  test('too long', () => {
    expect(problems('deploy-script', script('#'.repeat(300_000)))).toEqual(['error too-long@-']);
  });

  test('problems are in the order of lines', () => {
    const lines = checkAnswerFile('deploy-script', 'x\r\ny\0\ncat <<X\n').map(({ line }) => line);
    expect(lines).toEqual([...lines].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(lines.length).toBeGreaterThan(2);
  });
});
