import { z } from 'zod';
import { kernelArg, patchOf, recordName } from './fields.ts';

/** A file on the server: absolute, no `..`; whether it lies under an allowed root is judged where files are read. */
export const serverPath = z
  .string()
  .max(1024)
  .regex(/^\/[^\p{Cc}]*$/u, { message: 'must be an absolute path on the server' })
  .refine((path) => !path.split('/').includes('..'), { message: "must not contain '..'" });

const httpUrl = z
  .string()
  .max(1024)
  .regex(/^https?:\/\/[^\s\p{Cc}"'<>\\]+$/u, { message: 'must be an http:// or https:// URL' });

/** A distro: kernel, initrd and install tree of one release and arch. */
export const distroInput = z.strictObject({
  name: recordName,
  family: z.enum(['debian', 'redhat', 'image']),
  version: z
    .string()
    .max(32)
    .regex(/^[A-Za-z0-9._-]+$/, { message: 'must be a version like 13 or 9.4' }),
  arch: z.enum(['x86_64', 'aarch64']).default('x86_64'),
  kernel: serverPath,
  initrd: serverPath,
  /** Where packages come from: a URL, or a directory that the boot listener serves at /trees/<name>/. */
  tree: z.union([httpUrl, serverPath]).nullable().default(null),
  kernelArgs: z.array(kernelArg).max(64).default([]),
});
export const distroPatch = patchOf(distroInput);

export type DistroInput = z.infer<typeof distroInput>;
export interface Distro extends DistroInput {
  readonly id: number;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}
