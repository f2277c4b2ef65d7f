import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildContext } from '../../src/answer-file/context.ts';
import type { InterfaceFacts } from '../../src/answer-file/network-context.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { minimalFacts } from './answer-facts.ts';
import { shippedFile, shippedSnippets } from './shipped-files.ts';

const IMAGE = { url: 'http://10.0.0.1/i/T/image', fileName: 'a.raw.gz', sha256: '0'.repeat(64) };

/** A shipped answer file for a machine with these interfaces. */
export function renderNetwork(
  file: string,
  interfaces: readonly InterfaceFacts[],
  family: 'debian' | 'redhat' | 'image',
): string {
  const version = family === 'redhat' ? '9.4' : '13';
  const distro = { name: 'd', family, version, arch: 'x86_64', treeUrl: 'http://m.example/d' } as const;
  const image = family === 'image' ? IMAGE : null;
  const context = buildContext(minimalFacts({ interfaces, distro, image }));
  const template = { name: file, text: shippedFile(`kickstarts/${file}`) };
  return renderAnswerFile({ template, snippets: shippedSnippets(), context, mode: 'serve' }).text;
}

/** Cards by the kernel's names, in a folder that takes the place of /sys. */
export function makeCards(sysfs: string, cards: Readonly<Record<string, string>>): void {
  for (const [name, mac] of Object.entries(cards)) {
    const card = join(sysfs, 'class/net', name);
    mkdirSync(join(card, 'device'), { recursive: true });
    writeFileSync(join(card, 'address'), `${mac}\n`);
  }
}

export const shell = (script: string): string => execFileSync('sh', ['-euc', script], { encoding: 'utf8' });

export function partOf(text: string, from: string, to: string): string {
  return text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)) + to.length);
}

/** Has the functions of a preseed write what ifupdown reads: `interfaces`, and `interfaces.d/provision`, in `folder`. */
export function writeIfupdown(preseed: string, sysfs: string, folder: string): void {
  const functions = partOf(preseed, 'nic_name() {', 'interfaces.d/provision"; \\\n}; \\\n').replaceAll(
    '\\\n',
    '',
  );
  shell(`${functions} write_interfaces '${sysfs}' '${folder}'`);
}

/** Has the functions of the deploy script set up the network of the system below `root`; what the shell says. */
export function installNetwork(script: string, root: string): string {
  const [functions = ''] = script.split('\nwork=$(mktemp');
  return shell(`${functions}\ninstall_network '${root}' || echo failed`);
}
