import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AptRoot } from './apt-root.ts';
import { dependencyNames, field, type Stanza } from './control.ts';
import { KEPT_IMPORTANT, RESOLVE_GROUPS } from './package-lists.ts';

const URI_LINE = /^'[^']*' ([^_ ]+)_[^ ]*\.deb /;

/** What debootstrap installs from this mirror: the essential, the required and the kept important packages. */
export function baseSystem(debs: ReadonlyMap<string, Stanza>): Set<string> {
  const base = new Set<string>();
  for (const { name, text } of debs.values()) {
    const priority = field(text, 'Priority');
    if (priority === 'required' || field(text, 'Essential') === 'yes') base.add(name);
    else if (priority === 'important' && KEPT_IMPORTANT.has(name)) base.add(name);
  }
  return base;
}

/** Every deb the mirror must carry, with dependencies, as apt itself resolves them. */
export async function resolveDebs(apt: AptRoot, debs: ReadonlyMap<string, Stanza>): Promise<Set<string>> {
  // --print-uris leaves out what is already in the archive cache, so it is shown an empty one.
  const empty = join(apt.archives, '../none');
  await mkdir(join(empty, 'partial'), { recursive: true });
  const flags = [
    '-qq',
    '-y',
    '--no-install-recommends',
    '--print-uris',
    '-o',
    `Dir::Cache::archives=${empty}`,
  ];
  const resolved = new Set<string>();
  const base = [...baseSystem(debs)];
  for (const group of [base, ...RESOLVE_GROUPS.map((names) => ['base-files', ...names])]) {
    const output = await apt.get(['install', ...flags, ...group]);
    for (const line of output.split('\n')) {
      const name = URI_LINE.exec(line)?.[1];
      if (name !== undefined) resolved.add(name);
    }
  }
  return resolved;
}

/**
 * The udebs the installer would fetch: those of standard priority and what they depend on, less what the initrd
 * already has. Udebs of any other kernel are left out, as the running one cannot load their modules.
 */
export function selectUdebs(
  all: readonly Stanza[],
  kernelVersion: string,
  inInitrd: ReadonlySet<string>,
  dropped: ReadonlySet<string>,
): Stanza[] {
  const candidates = new Map<string, Stanza>();
  const providers = new Map<string, string[]>();
  for (const stanza of all) {
    const kernel = field(stanza.text, 'Kernel-Version');
    if ((kernel !== '' && kernel !== kernelVersion) || dropped.has(stanza.name)) continue;
    if (stanza.name.endsWith('-di') && !stanza.name.endsWith(`${kernelVersion}-di`)) continue;
    candidates.set(stanza.name, stanza);
    for (const virtual of dependencyNames(field(stanza.text, 'Provides')))
      providers.set(virtual, [...(providers.get(virtual) ?? []), stanza.name]);
  }
  const selected = new Map<string, Stanza>();
  const add = (name: string): void => {
    if (selected.has(name) || inInitrd.has(name)) return;
    const stanza = candidates.get(name);
    if (stanza === undefined) {
      const real = providers.get(name) ?? [];
      // With several providers the installer's menu chooses; a provider in the initrd already satisfies it.
      if (real.length === 1 && real[0] !== undefined && !inInitrd.has(real[0])) add(real[0]);
      return;
    }
    selected.set(name, stanza);
    for (const dependency of dependencyNames(field(stanza.text, 'Depends'))) add(dependency);
  };
  for (const { name, text } of candidates.values())
    if (/^(required|important|standard)$/.test(field(text, 'Priority'))) add(name);
  return [...selected.values()];
}
