import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useSnippetBench } from '../../support/snippet-shell.ts';

const bench = useSnippetBench();

describe('first-boot.sh', () => {
  const install = async () => {
    mkdirSync(join(bench.folder, 'root/etc/systemd/system'), { recursive: true });
    mkdirSync(join(bench.folder, 'root/bin'), { recursive: true });
    symlinkSync('/bin/bash', join(bench.folder, 'root/bin/bash'));
    return bench.run('sh', 'first-boot.sh', `install_first_boot '${bench.folder}/root'`);
  };
  const script = () => join(bench.folder, 'root/usr/local/sbin/provision-first-boot');

  test('puts a unit and its script into the system', async () => {
    expect(await install()).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(script()).mode & 0o777).toBe(0o700);
    const wants = 'root/etc/systemd/system/multi-user.target.wants/provision-first-boot.service';
    expect(readFileSync(join(bench.folder, wants), 'utf8')).toContain(
      'ExecStart=/usr/local/sbin/provision-first-boot',
    );
    expect(spawnSync('bash', ['-n', script()]).status).toBe(0);
  });

  test('does nothing to a system without systemd', async () => {
    mkdirSync(join(bench.folder, 'root'));
    expect(await bench.run('sh', 'first-boot.sh', `install_first_boot '${bench.folder}/root'`)).toMatchObject(
      {
        status: 0,
      },
    );
    expect(spawnSync('ls', [join(bench.folder, 'root')], { encoding: 'utf8' }).stdout).toBe('');
  });

  test.each(['curl', 'wget', 'bash alone'])('posts with %s', async (program) => {
    await install();
    // only the function that posts: the rest reads and removes files of the running system
    const post = /^post\(\) \{[\s\S]*?^\}$/m.exec(readFileSync(script(), 'utf8'))?.[0];
    const hide = `type() { [[ $2 == "${program}" ]] && builtin type "$@"; }`;
    writeFileSync(
      join(bench.folder, 'post.sh'),
      `url='${bench.base}/i/TOKEN/event/first-boot'\n${hide}\n${post}\npost "detail=a%20b"\n`,
    );
    const { status } = await bench.run('bash', 'report.sh', `. '${bench.folder}/post.sh'`);
    expect(status).toBe(0);
    expect(bench.received).toEqual([
      { method: 'POST', url: '/i/TOKEN/event/first-boot', body: 'detail=a%20b' },
    ]);
  });
});
