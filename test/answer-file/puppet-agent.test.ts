import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnswerKind, checkAnswerFile } from '../../src/answer-file/check.ts';
import { buildContext, type PuppetFacts } from '../../src/answer-file/context.ts';
import { type RenderMode, renderAnswerFile } from '../../src/answer-file/render.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import { minimalFacts } from '../support/answer-facts.ts';
import { hasCommand } from '../support/has-command.ts';
import { shippedFile, shippedSnippets } from '../support/shipped-files.ts';

const CHALLENGE = 'a-challenge-that-only-one-installation-has_';
const puppet: PuppetFacts = {
  certname: 'web001.lab.test',
  server: 'puppet.lab.test',
  challenge: new Secret(CHALLENGE),
  caLines: ['-----BEGIN CERTIFICATE-----', 'MIIF+/0=', '-----END CERTIFICATE-----'],
};
const image = { url: 'http://10.0.0.1/i/TOKEN/image', fileName: 'a.raw.gz', sha256: 'ab'.repeat(32) };
const distro = {
  name: 'd',
  family: 'debian',
  version: '13',
  arch: 'x86_64',
  treeUrl: 'http://m.example/d',
} as const;

function render(file: string, facts: PuppetFacts | null, mode: RenderMode = 'serve'): string {
  const text = shippedFile(`kickstarts/${file}`);
  const context = buildContext(minimalFacts({ puppet: facts, distro, image }));
  return renderAnswerFile({ template: { name: file, text }, snippets: shippedSnippets(), context, mode })
    .text;
}

const FILES: readonly { file: string; kind: AnswerKind; root: string }[] = [
  { file: 'debian-13.preseed', kind: 'preseed', root: '/target' },
  { file: 'rocky-9.ks', kind: 'kickstart', root: "''" },
  { file: 'image-deploy.sh', kind: 'deploy-script', root: '"$1"' },
];

describe.each(FILES)('$file of a machine for Puppet', ({ file, kind, root }) => {
  it('is nothing that its installer would stumble over, and has the challenge once', () => {
    const text = render(file, puppet);
    expect(checkAnswerFile(kind, text, { release: kind === 'kickstart' ? 9 : null })).toEqual([]);
    expect(text.split(CHALLENGE)).toHaveLength(2);
    expect(text).toContain(`install_puppet ${root}`);
    if (kind === 'deploy-script') execFileSync('sh', ['-n'], { input: text });
  });

  it('shows no challenge in a preview', () => {
    expect(render(file, puppet, 'preview')).not.toContain(CHALLENGE);
  });

  it('says nothing of Puppet for another machine', () => {
    expect(render(file, null)).not.toContain('puppet');
  });
});

describe.each(hasCommand('busybox') ? [['sh'], ['busybox', 'sh']] : [['sh']])(
  'install_puppet, run by %s %s',
  (command, ...args) => {
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'install-puppet-'));
    });
    afterEach(() => rmSync(root, { recursive: true }));
    /** The function as it stands in the preseed file, where it is all one line. */
    const [definition = ''] =
      /install_puppet\(\) \{[\s\S]*?\n\}; /.exec(render('debian-13.preseed', puppet)) ?? [];
    const install = (): void => {
      const script = `set -e; ${definition.replaceAll('\\\n', '')} install_puppet '${root}'`;
      execFileSync(command ?? 'sh', [...args, '-c', script]);
    };
    const read = (path: string) => readFileSync(join(root, path), 'utf8');

    it('tells the agent of Debian', () => {
      mkdirSync(join(root, 'etc/puppet'), { recursive: true });
      writeFileSync(join(root, 'etc/puppet/puppet.conf'), '# a comment\n');
      install();
      expect(read('etc/puppet/csr_attributes.yaml')).toBe(
        `custom_attributes:\n  1.2.840.113549.1.9.7: ${CHALLENGE}\n`,
      );
      expect(statSync(join(root, 'etc/puppet/csr_attributes.yaml')).mode & 0o777).toBe(0o600);
      expect(read('etc/puppet/puppet.conf')).toBe(
        '# a comment\n[agent]\ncertname = web001.lab.test\nserver = puppet.lab.test\n',
      );
      expect(read('var/lib/puppet/ssl/certs/ca.pem')).toBe(`${puppet.caLines.join('\n')}\n`);
    });

    it("tells that of Puppet's own packages, also where it has a section already", () => {
      mkdirSync(join(root, 'opt/puppetlabs'), { recursive: true });
      mkdirSync(join(root, 'etc/puppetlabs/puppet'), { recursive: true });
      writeFileSync(join(root, 'etc/puppetlabs/puppet/puppet.conf'), '[agent]\nruninterval = 1h\n');
      install();
      expect(read('etc/puppetlabs/puppet/puppet.conf')).toBe(
        '[agent]\ncertname = web001.lab.test\nserver = puppet.lab.test\nruninterval = 1h\n',
      );
      expect(read('etc/puppetlabs/puppet/ssl/certs/ca.pem')).toContain('MIIF+/0=');
    });
  },
);
