import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AnswerKind, checkAnswerFile, kickstartRelease } from '../../src/answer-file/check.ts';
import { type AnswerFacts, buildContext } from '../../src/answer-file/context.ts';
import { type RenderMode, renderAnswerFile } from '../../src/answer-file/render.ts';
import { fullFacts, minimalFacts, PASSWORD_HASH } from '../support/answer-facts.ts';
import { hasCommand } from '../support/has-command.ts';
import { shippedFile, shippedSnippets } from '../support/shipped-files.ts';

const GOLDEN = fileURLToPath(new URL('../fixtures/answer-files/', import.meta.url));
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

interface Shipped {
  readonly file: string;
  readonly kind: AnswerKind;
  readonly variant: string;
  readonly facts: AnswerFacts;
  readonly mode?: RenderMode;
}

const rocky: Partial<AnswerFacts> = {
  distro: {
    name: 'rocky-9.4',
    family: 'redhat',
    version: '9.4',
    arch: 'x86_64',
    treeUrl: 'http://10.0.0.1:8080/trees/rocky-9.4',
    repositories: [{ name: 'extras', url: 'http://10.0.0.1:8080/trees/extras/' }],
  },
};
const debian: Partial<AnswerFacts> = {
  distro: {
    name: 'debian-13.1',
    family: 'debian',
    version: '13.1',
    arch: 'x86_64',
    treeUrl: 'http://mirror.example.org:8080/debian/',
  },
};
const image: Partial<AnswerFacts> = {
  distro: { name: 'deploy-agent', family: 'image', version: '1', arch: 'x86_64' },
  image: {
    url: 'http://10.0.0.1:8080/i/TOKEN/image',
    fileName: 'debian-13.raw.gz',
    sha256: 'ab'.repeat(32),
  },
};

const shipped: readonly Shipped[] = [
  { file: 'rocky-9.ks', kind: 'kickstart', variant: 'minimal', facts: minimalFacts(rocky) },
  { file: 'rocky-9.ks', kind: 'kickstart', variant: 'full', facts: fullFacts(rocky) },
  { file: 'rocky-9.ks', kind: 'kickstart', variant: 'preview', facts: fullFacts(rocky), mode: 'preview' },
  { file: 'debian-13.preseed', kind: 'preseed', variant: 'minimal', facts: minimalFacts(debian) },
  { file: 'debian-13.preseed', kind: 'preseed', variant: 'full', facts: fullFacts(debian) },
  {
    file: 'debian-13.preseed',
    kind: 'preseed',
    variant: 'vars',
    facts: minimalFacts({
      settings: {
        vars: {
          fast: 'yes',
          unsigned_mirror: 'yes',
          network_first: 'yes',
          power_off: 'yes',
          ntp_server: 'ntp.example.org',
          mirror_host: 'deb.example.org',
        },
      },
    }),
  },
  { file: 'image-deploy.sh', kind: 'deploy-script', variant: 'minimal', facts: minimalFacts(image) },
  { file: 'image-deploy.sh', kind: 'deploy-script', variant: 'full', facts: fullFacts(image) },
  {
    file: 'image-deploy.sh',
    kind: 'deploy-script',
    variant: 'preview',
    facts: fullFacts(image),
    mode: 'preview',
  },
];

function render({ file, facts, mode = 'serve' }: Shipped): string {
  const template = { name: file, text: shippedFile(`kickstarts/${file}`) };
  return renderAnswerFile({ template, snippets: shippedSnippets(), context: buildContext(facts), mode }).text;
}

/** The shell parts of a rendered file: whole, or every script section of a kickstart. */
function shellParts(kind: AnswerKind, text: string): string[] {
  if (kind === 'deploy-script') return [text];
  if (kind === 'kickstart')
    return [...text.matchAll(/^%(?:pre|post|onerror)\b.*\n([\s\S]*?)^%end$/gm)].map(([, body = '']) => body);
  return [...text.replaceAll('\\\n', '').matchAll(/^d-i \S+_command string (.*)$/gm)].map(
    ([, command = '']) => command,
  );
}

const shells: readonly (readonly string[])[] = [
  ['sh', '-n'],
  ...(hasCommand('busybox') ? [['busybox', 'ash', '-n']] : []),
];

describe.each(shipped)('$file, $variant', (one) => {
  const text = render(one);

  test('is the file that was looked at and found right (UPDATE_GOLDEN=1 writes it anew)', () => {
    const path = `${GOLDEN}${one.variant}-${one.file}`;
    if (UPDATE) writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
    expect(UPDATE, 'golden files were rewritten: look at the difference').toBe(false);
  });

  test('has nothing that its installer would stumble over', () => {
    const release = kickstartRelease(one.facts.distro.version);
    const problems = checkAnswerFile(one.kind, text, { release: one.kind === 'kickstart' ? release : null });
    expect(problems).toEqual([]);
  });

  test.each(shells)('has shell parts that %s %s can read', (command, ...args) => {
    const parts = shellParts(one.kind, text);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) execFileSync(command, args, { input: part, stdio: ['pipe', 'pipe', 'pipe'] });
  });

  test('shows the password hash only where it is served', () => {
    const served = one.facts.settings.rootPasswordHash !== undefined && one.mode !== 'preview';
    expect(text.includes(PASSWORD_HASH)).toBe(served);
  });
});

describe('shipped templates', () => {
  test('a kickstart of a distro without a tree is refused before a machine boots it', () => {
    const facts = minimalFacts({ distro: { name: 'x', family: 'redhat', version: '9', arch: 'x86_64' } });
    const one: Shipped = { file: 'rocky-9.ks', kind: 'kickstart', variant: '', facts };
    expect(() => render(one)).toThrow('distro.tree has no value');
  });

  test('a deploy script of a profile without an image is refused', () => {
    const one: Shipped = {
      file: 'image-deploy.sh',
      kind: 'deploy-script',
      variant: '',
      facts: minimalFacts(),
    };
    expect(() => render(one)).toThrow('image has no value');
  });
});
