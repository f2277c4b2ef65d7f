import { z } from 'zod';
import { invalid } from '../errors.ts';
import { judgeInput } from '../problems.ts';
import { kernelArg, recordName } from './fields.ts';
import { settingsInput } from './settings.ts';

/** Settings that belong to a machine or a site; shipped for everybody they would be a hole or a wiped disk. */
const shippedSettings = settingsInput.omit({ disk: true, sshKeys: true, rootPasswordHash: true });

/** A shipped profile: one YAML file of profiles/, the starting point of a profile record. */
export const profileFileSchema = z
  .strictObject({
    name: recordName,
    /** One line for lists. */
    description: z
      .string()
      .min(1)
      .max(120)
      .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line' }),
    /** Which distros it fits. */
    family: z.enum(['debian', 'redhat', 'image']),
    install: z.enum(['installer', 'image']),
    answerFile: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, {
      message: 'must be the name of a file in kickstarts/, not a path',
    }),
    answerKind: z.enum(['preseed', 'kickstart', 'deploy-script']),
    /** Each is one argument and a small template over the answer file's variables: `inst.ks={{urls.answer}}`. */
    kernelArgs: z.array(kernelArg).max(64).default([]),
    settings: shippedSettings.default({}),
  })
  .refine((file) => (file.install === 'image') === (file.answerKind === 'deploy-script'), {
    message: 'install: image goes with answerKind: deploy-script, install: installer with the others',
    path: ['answerKind'],
  })
  .refine((file) => (file.install === 'image') === (file.family === 'image'), {
    message: 'install: image goes with family: image',
    path: ['family'],
  });

export type ProfileFile = z.infer<typeof profileFileSchema>;

/** Checks the parsed content of a profile file; throws DomainError `invalid` with every fault and the file's name. */
export function parseProfileFile(fileName: string, content: unknown): ProfileFile {
  const judged = judgeInput(profileFileSchema, content);
  if (!judged.ok)
    throw invalid(
      judged.problems.map(({ path, message }) => ({
        path: path === '' ? fileName : `${fileName}.${path}`,
        message,
      })),
    );
  if (fileName !== `${judged.data.name}.yaml`)
    throw invalid([{ path: `${fileName}.name`, message: `must be the file's name, without .yaml` }]);
  return judged.data;
}
