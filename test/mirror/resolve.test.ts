import { expect, test } from 'vitest';
import { parseStanzas } from '../lab/mirror/control.ts';
import { baseSystem, selectUdebs } from '../lab/mirror/resolve.ts';

const KERNEL = '6.12.1-amd64';

function udeb(name: string, priority: string, extra = ''): string {
  return `Package: ${name}\nVersion: 1\nPriority: ${priority}\n${extra}\n`;
}

test('udebs of standard priority come with what they need, not with what the initrd has', () => {
  const all = parseStanzas(
    [
      udeb('partman', 'standard', 'Depends: parted, disks-found, in-initrd'),
      udeb('parted', 'optional'),
      udeb('finder', 'optional', 'Provides: disks-found'),
      udeb('in-initrd', 'standard'),
      udeb('unasked', 'optional'),
      udeb('unwanted', 'standard'),
      udeb('ext4-modules-6.12.1-amd64-di', 'standard', `Kernel-Version: ${KERNEL}`),
      udeb('ext4-modules-6.12.0-amd64-di', 'standard', 'Kernel-Version: 6.12.0-amd64'),
    ].join('\n'),
  );
  const selected = selectUdebs(all, KERNEL, new Set(['in-initrd']), new Set(['unwanted']));
  expect(selected.map(({ name }) => name).sort()).toEqual([
    'ext4-modules-6.12.1-amd64-di',
    'finder',
    'parted',
    'partman',
  ]);
});

test('of the important packages only the kept ones belong to the base system', () => {
  const debs = parseStanzas(
    [udeb('dash', 'required'), udeb('apt', 'important'), udeb('vim-tiny', 'important')].join('\n'),
  );
  const base = baseSystem(new Map(debs.map((stanza) => [stanza.name, stanza])));
  expect([...base].sort()).toEqual(['apt', 'dash']);
});
