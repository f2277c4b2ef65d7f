import { type BootFields, LOADER_CHOICES, LOCAL_BOOT_CHOICES } from '../../domain/boot/boot-choice.ts';
import type { FlagSpec, Flags } from './flags.ts';

/** What takes the field away again: the record has no say. `none` is a loader of its own. */
const INHERIT = 'inherit';

/** Flags that profiles and systems share: what their machines boot with. */
export const BOOT_FLAGS: readonly FlagSpec[] = [
  {
    flag: '--loader <loader>',
    help: `${LOADER_CHOICES.join(', ')}; ${INHERIT}: the profile's, else ipxe`,
    fields: ['loader'],
  },
  {
    flag: '--local-boot <how>',
    help: `${LOCAL_BOOT_CHOICES.join(', ')}; ${INHERIT}: the profile's, else auto`,
    fields: ['localBoot'],
  },
];

/** The fields that these flags name. */
export function bootFields(flags: Flags): { [K in keyof BootFields]: BootFields[K] | undefined } {
  return {
    loader: orNull(flags.oneOf('loader', [...LOADER_CHOICES, INHERIT])),
    localBoot: orNull(flags.oneOf('local-boot', [...LOCAL_BOOT_CHOICES, INHERIT])),
  };
}

function orNull<T extends string>(value: T | undefined): Exclude<T, typeof INHERIT> | null | undefined {
  return value === INHERIT ? null : (value as Exclude<T, typeof INHERIT> | undefined);
}
