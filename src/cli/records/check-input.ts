import { invalid } from '../../domain/errors.ts';

/** The schemas by what they judge. Building them takes longer than all the rest of a command, so they are loaded by who judges. */
const SCHEMAS = {
  distro: async () => (await import('../../domain/records/distro.ts')).distroPatch,
  profile: async () => (await import('../../domain/records/profile.ts')).profilePatch,
  subnet: async () => (await import('../../domain/network/subnet.ts')).subnetPatch,
  system: async () => (await import('../../domain/records/system.ts')).systemPatch,
  install: async () => (await import('../../domain/install/install-input.ts')).installInput,
};

/**
 * Judges what will be sent by the same schema that the server uses, so that a typing mistake is named without a
 * server. Throws the domain's `invalid` with every problem. What is sent stays as typed: the server's reading counts.
 */
export async function checkInput(what: keyof typeof SCHEMAS, input: unknown): Promise<void> {
  const { judgeInput } = await import('../../domain/problems.ts');
  const judged = judgeInput<unknown>(await SCHEMAS[what](), input);
  if (!judged.ok) throw invalid(judged.problems);
}
