import { z } from 'zod';
import { subnetInput } from '../../../src/domain/network/subnet.ts';
import { applyInput } from '../../../src/domain/records/apply.ts';
import { distroInput } from '../../../src/domain/records/distro.ts';
import { profileInput } from '../../../src/domain/records/profile.ts';
import { systemInput } from '../../../src/domain/records/system.ts';

/** What is left out comes from the shipped profile `from`, or from the one of the same name. */
const profileAdd = profileInput.partial().extend({
  name: profileInput.shape.name,
  from: z.string().nullable().optional().describe('A shipped profile; null: nothing comes from one.'),
});

/** Records as one document holds them. */
const records = z.strictObject({
  distros: z.array(distroInput).optional(),
  profiles: z.array(profileAdd).optional(),
  subnets: z.array(subnetInput).optional(),
  systems: z.array(systemInput).optional(),
});

/** Records as they are taken, by names of schemas in the document. */
export const INPUTS = {
  DistroInput: distroInput,
  ProfileAdd: profileAdd,
  SubnetInput: subnetInput,
  SystemInput: systemInput,
  Records: records,
  /** As it is judged, with its items as they are judged one by one. */
  ApplyInput: applyInput.extend({ records }),
} as const satisfies Readonly<Record<string, z.ZodType>>;
