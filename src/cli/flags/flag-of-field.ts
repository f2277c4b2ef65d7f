import { type FlagSpec, flagName } from './flags.ts';

/**
 * The flag that sets the field at `path`, for people who typed flags and get problems with fields: the longest
 * matching declaration, among the flags that were given first. A flag that sets more than that field is shown with
 * the path: `--interface (interfaces.1.ip)`. undefined if no flag sets it.
 */
export function flagOfField(
  path: string,
  specs: readonly FlagSpec[],
  given: readonly string[],
): string | undefined {
  const inUse = specs.filter((spec) => given.includes(flagName(spec)));
  const found = longestMatch(path, inUse) ?? longestMatch(path, specs);
  if (found === undefined) return undefined;
  const flag = `--${flagName(found.spec)}`;
  return found.field === path ? flag : `${flag} (${path})`;
}

function longestMatch(
  path: string,
  specs: readonly FlagSpec[],
): { spec: FlagSpec; field: string } | undefined {
  return specs
    .flatMap((spec) => (spec.fields ?? []).map((field) => ({ spec, field })))
    .filter(({ field }) => path === field || path.startsWith(`${field}.`))
    .sort((a, b) => b.field.length - a.field.length)[0];
}
