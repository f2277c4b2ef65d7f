import { expect, it } from 'vitest';
import type { LoaderChoice } from '../../../src/domain/boot/boot-choice.ts';
import type { Distro } from '../../../src/domain/records/distro.ts';
import type { Profile } from '../../../src/domain/records/profile.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { neededLoaders } from '../../../src/services/doctor/needed-loaders.ts';

const distro = (name: string, arch: Distro['arch']) => ({ name, arch }) as Distro;
const profile = (name: string, on: string, loader: LoaderChoice | null = null) =>
  ({ name, distro: on, loader }) as Profile;
const system = (name: string, on: string, loader: LoaderChoice) =>
  ({ name, profile: on, effective: { loader: { value: loader, from: 'system' } } }) as System;

const distros = [distro('deb', 'x86_64'), distro('arm', 'aarch64')];
const names = (profiles: Profile[], systems: System[] = []) =>
  neededLoaders(distros, profiles, systems).map(({ name }) => name);

it('needs nothing for an empty catalogue', () => {
  expect(neededLoaders([], [], [])).toEqual([]);
});

it('needs what every firmware of an arch is given, for a profile without systems too', () => {
  expect(names([profile('p', 'deb')])).toEqual(['undionly.kpxe', 'snponly.efi', 'local-x64.efi']);
  expect(names([profile('p', 'arm')])).toEqual(['snponly-arm64.efi']);
});

it('needs every file of a chain, and leaves out firmware that the choice is not for', () => {
  const wanted = names([profile('p', 'deb', 'grub')]);
  expect(wanted).toEqual(['x64/shimx64.efi', 'x64/grubx64.efi']);
  expect(names([profile('p', 'deb', 'pxelinux')])).toEqual([
    'lpxelinux.0',
    'ldlinux.c32',
    'reboot.c32',
    'libcom32.c32',
  ]);
});

it('names the system that wants something of its own, once', () => {
  const systems = [system('web001', 'p', 'pxelinux'), system('web002', 'p', 'pxelinux')];
  const needed = neededLoaders(distros, [profile('p', 'deb')], systems);
  expect(needed.find(({ name }) => name === 'lpxelinux.0')).toEqual({
    name: 'lpxelinux.0',
    by: 'system web001',
    isForLocalBoot: false,
  });
  expect(needed.find(({ name }) => name === 'snponly.efi')).toEqual({
    name: 'snponly.efi',
    by: 'profile p',
    isForLocalBoot: false,
  });
});

it('needs nothing for a machine that is never booted from here', () => {
  expect(names([profile('p', 'deb', 'none')], [system('web001', 'p', 'none')])).toEqual([]);
});
