import type { DistroEdit } from '../../client/client.ts';
import { type FlagSpec, type Flags, kernelArgsOf, named } from '../flags/flags.ts';

/** Flags of a distro's fields, for add and edit. */
export const DISTRO_FLAGS: readonly FlagSpec[] = [
  { flag: '--kernel <file>', help: 'kernel, a path on the server', fields: ['kernel'] },
  { flag: '--initrd <file>', help: 'initrd, a path on the server', fields: ['initrd'] },
  {
    flag: '--tree <url-or-dir>',
    help: 'install tree: a URL, or a directory on the server; none to have none',
    fields: ['tree'],
  },
  { flag: '--family <family>', help: 'debian, redhat or image', fields: ['family'] },
  { flag: '--version <version>', help: 'version of the release: 13', fields: ['version'] },
  { flag: '--arch <arch>', help: 'x86_64 or aarch64', fields: ['arch'] },
  { flag: '--kernel-args <args>', help: 'kernel args, separated by spaces', fields: ['kernelArgs'] },
];

/** The fields that the flags name. */
export function distroFields(flags: Flags): Omit<DistroEdit, 'name'> {
  return named({
    kernel: flags.text('kernel'),
    initrd: flags.text('initrd'),
    tree: flags.nullable('tree'),
    family: flags.oneOf('family', ['debian', 'redhat', 'image']),
    version: flags.text('version'),
    arch: flags.oneOf('arch', ['x86_64', 'aarch64']),
    kernelArgs: kernelArgsOf(flags),
  });
}
