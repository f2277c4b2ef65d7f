import { describe, expect, it } from 'vitest';
import { effectiveBoot } from '../../../src/domain/boot/boot-choice.ts';

const SILENT = { loader: null, localBoot: null };

describe('effectiveBoot', () => {
  it('is iPXE and auto where no record says anything', () => {
    expect(effectiveBoot(SILENT, SILENT)).toEqual({
      loader: { value: 'ipxe', from: 'default' },
      localBoot: { value: 'auto', from: 'default' },
    });
  });

  it('takes the system before the profile, each field by itself', () => {
    const profile = { loader: 'grub', localBoot: 'exit' } as const;
    expect(effectiveBoot({ ...SILENT, loader: 'none' }, profile)).toEqual({
      loader: { value: 'none', from: 'system' },
      localBoot: { value: 'exit', from: 'profile' },
    });
  });
});
