import { describe, expect, it } from 'vitest';
import { effectiveOf } from '../../../src/domain/records/effective.ts';

const layers = (distro: string[], profile: object, system: object) =>
  effectiveOf(
    { kernelArgs: distro },
    { kernelArgs: ['p'], settings: profile },
    { kernelArgs: ['s'], settings: system },
  );

describe('effectiveOf', () => {
  it('adds kernel args up, nearer ones last', () => {
    expect(layers(['d1', 'd2'], {}, {}).kernelArgs).toEqual(['d1', 'd2', 'p', 's']);
  });

  it('lets the system win, setting by setting, and says where each comes from', () => {
    const { settings, sources } = layers(
      [],
      { timezone: 'Etc/UTC', locale: 'C.UTF-8', packages: ['vim', 'tmux'] },
      { timezone: 'Europe/Berlin', packages: [], disk: '/dev/vda' },
    );
    expect(settings).toEqual({
      timezone: 'Europe/Berlin',
      locale: 'C.UTF-8',
      packages: [],
      disk: '/dev/vda',
    });
    expect(sources).toEqual({ timezone: 'system', locale: 'profile', packages: 'system', disk: 'system' });
  });

  it('merges vars name by name', () => {
    const { settings } = layers([], { vars: { a: '1', b: '1' } }, { vars: { b: '2', c: '2' } });
    expect(settings.vars).toEqual({ a: '1', b: '2', c: '2' });
  });

  it('takes what is undefined for not said', () => {
    expect(layers([], { timezone: 'Etc/UTC' }, { timezone: undefined }).settings).toEqual({
      timezone: 'Etc/UTC',
    });
  });

  it('changes none of the records', () => {
    const profile = Object.freeze({ vars: Object.freeze({ a: '1' }) });
    layers([], profile, { vars: { a: '2' } });
    expect(profile).toEqual({ vars: { a: '1' } });
  });
});
