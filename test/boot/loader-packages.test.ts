import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LOADER_FILES } from '../../src/boot/loaders.ts';

const ipxe = LOADER_FILES.flatMap(({ name, debian }) =>
  debian?.package === 'ipxe' ? [{ name, path: debian.path }] : [],
);

it.skipIf(!existsSync('/usr/lib/ipxe')).each(ipxe)('$name is where its package has it', ({ path }) => {
  expect(existsSync(path)).toBe(true);
});
