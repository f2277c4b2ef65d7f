import { z } from 'zod';
import { loaderField, localBootField } from '../boot/boot-fields.ts';
import { handoffField } from '../handoff/handoff-definition.ts';
import { dhcpOptionsInput } from '../network/dhcp-option.ts';
import { serverPath } from './distro.ts';
import { kernelArg, patchOf, recordName } from './fields.ts';
import { type Settings, settingsInput } from './settings.ts';

/** File name of an answer file in kickstarts/: a name, never a path. */
const answerFileName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, {
  message: 'must be the name of a file in kickstarts/, not a path',
});

/** A profile: distro, answer file, kernel args and defaults, reusable by many systems. */
export const profileInput = z.strictObject({
  name: recordName,
  distro: recordName,
  /** `installer`: the distro's own installer with an answer file. `image`: a disk image is written by the deploy agent. */
  install: z.enum(['installer', 'image']).default('installer'),
  answerFile: answerFileName,
  answerKind: z.enum(['preseed', 'kickstart', 'deploy-script']),
  image: serverPath.nullable().default(null),
  kernelArgs: z.array(kernelArg).max(64).default([]),
  loader: loaderField,
  localBoot: localBootField,
  /** What configures its machines after their first boot. */
  handoff: handoffField,
  settings: settingsInput.default({}),
  /** DHCP options of its machines; they win over those of the subnet. */
  dhcpOptions: dhcpOptionsInput.default([]),
});
export const profilePatch = patchOf(profileInput);

export type ProfileInput = z.infer<typeof profileInput>;
export interface Profile extends Omit<ProfileInput, 'settings'> {
  readonly id: number;
  readonly revision: number;
  readonly settings: Settings;
  /** Which write-only settings are set. */
  readonly secretsSet: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}
