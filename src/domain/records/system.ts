import { z } from 'zod';
import { rolesInput } from '../access/role.ts';
import type { BootFields, EffectiveBoot } from '../boot/boot-choice.ts';
import { loaderField, localBootField } from '../boot/boot-fields.ts';
import type { ChosenFirmware } from '../boot/chosen-firmware.ts';
import { type ChosenHandoff, handoffField } from '../handoff/handoff-definition.ts';
import type { Install } from '../install/install.ts';
import { type DhcpOption, dhcpOptionsInput } from '../network/dhcp-option.ts';
import { identityRules } from '../network/interface-rules.ts';
import { interfaceInput, type SystemInterface } from '../network/network-interface.ts';
import { type Bmc, type BmcAdd, bmcInput, bmcPatch } from '../power/bmc.ts';
import type { KnownPower } from '../power/power.ts';
import { hostname, kernelArg, type Patch, patchOf, recordName } from './fields.ts';
import { type Settings, settingsInput } from './settings.ts';
import type { SystemLock } from './system-lock.ts';

/** A system: the record of one machine. The first interface is the one that it boots from. */
export const systemInput = z.strictObject({
  name: recordName,
  hostname: hostname.nullable().default(null),
  profile: recordName,
  /** What they are to each other is judged by interface-rules.ts. */
  interfaces: z
    .array(interfaceInput)
    .min(1)
    .max(64)
    .superRefine((interfaces, ctx) => {
      for (const { path, message } of identityRules(interfaces))
        ctx.addIssue({ code: 'custom', path: path.split('.').slice(1), message });
    }),
  /** What the machine is for. */
  roles: rolesInput.default([]),
  bmc: bmcInput.nullable().default(null),
  kernelArgs: z.array(kernelArg).max(64).default([]),
  loader: loaderField,
  localBoot: localBootField,
  /** What configures it after its first boot. */
  handoff: handoffField,
  settings: settingsInput.default({}),
  /** DHCP options of its machines; they win over those of the subnet and of the profile. */
  dhcpOptions: dhcpOptionsInput.default([]),
  comment: z
    .string()
    .max(1000)
    .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' })
    .default(''),
});
/** An edit; one of the BMC keeps what it does not name. */
export const systemPatch = patchOf(systemInput.extend({ bmc: bmcPatch.nullable() }));

export type SystemInput = z.infer<typeof systemInput>;
export type SystemAdd = z.input<typeof systemInput>;
export type SystemEdit = Omit<Patch<SystemAdd>, 'bmc'> & { readonly bmc?: Patch<BmcAdd> | null | undefined };

export interface System extends BootFields {
  readonly id: number;
  readonly name: string;
  readonly hostname: string;
  readonly profile: string;
  readonly roles: readonly string[];
  readonly interfaces: readonly SystemInterface[];
  readonly bmc: Bmc | null;
  /** What is known of its power; null where nobody has ever asked. */
  readonly power: KnownPower | null;
  readonly kernelArgs: readonly string[];
  /** Name of a hand-off, `none`, or null: the profile's. */
  readonly handoff: string | null;
  readonly settings: Settings;
  readonly dhcpOptions: readonly DhcpOption[];
  readonly secretsSet: readonly string[];
  readonly comment: string;
  /** How it really boots and what configures it, and which record says so. */
  readonly effective: EffectiveBoot & { readonly handoff: ChosenHandoff; readonly firmware: ChosenFirmware };
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The install in force, or the last one; null if it was never armed. */
  readonly install: Install | null;
  /** Since when its last install is in service, RFC 3339; null: there is nothing on it that anybody uses. */
  readonly inService: string | null;
  /** Null: it may be installed. */
  readonly lock: SystemLock | null;
}
