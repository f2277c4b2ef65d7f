import { describe, expect, it } from 'vitest';
import { missingPackages } from '../../scripts/dependencies.mjs';

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/a/node_modules/b': { version: '1.0.0' },
    'node_modules/@koromix/koffi-win32-x64': { version: '3.3.4', optional: true },
  },
};

describe('missingPackages', () => {
  const complete = {
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/a/node_modules/b': { version: '1.0.0' },
  };
  const cases = [
    { name: 'nothing, where only other platforms are absent', installed: complete, missing: [] },
    {
      name: 'a package that is absent',
      installed: { 'node_modules/zod': { version: '4.6.7' } },
      missing: ['b 1.0.0'],
    },
    {
      name: 'another version',
      installed: { ...complete, 'node_modules/zod': { version: '4.0.0' } },
      missing: ['zod 4.6.7'],
    },
    {
      name: 'another version of an optional package',
      installed: {
        ...complete,
        'node_modules/@koromix/koffi-win32-x64': { version: '3.0.0', optional: true },
      },
      missing: ['@koromix/koffi-win32-x64 3.3.4'],
    },
  ];
  for (const { name, installed, missing } of cases) {
    it(name, () => expect(missingPackages(wanted, { packages: installed })).toEqual(missing));
  }
});
