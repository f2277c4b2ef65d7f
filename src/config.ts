import { parse } from 'yaml';
import type { z } from 'zod';
import { configSchema } from './config/schema.ts';
import type { Problem } from './domain/errors.ts';
import { judgeInput } from './domain/problems.ts';

export type Config = z.infer<typeof configSchema>;

/** The configuration cannot be used; all of what is wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      ['the configuration cannot be used:', ...problems.map((p) => `  ${p.path}: ${p.message}`)].join('\n'),
    );
    this.problems = problems;
  }
}

/** Longest configuration file read, in characters; anything longer is not one. */
const MAX_CHARS = 256 * 1024;

/**
 * Configuration from a YAML text (or none) and the environment; the environment wins. `http.listen` is
 * PROVISION_HTTP_LISTEN, `dataDir` PROVISION_DATA_DIR; lists are separated by commas. Throws ConfigError.
 */
export function parseConfig(yaml: string | null, env: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = [];
  const tree = readYaml(yaml, problems);
  applyEnvironment(tree, env, problems);
  const judged = judgeInput(configSchema, tree);
  if (!judged.ok) problems.push(...judged.problems);
  if (problems.length > 0 || !judged.ok) throw new ConfigError(problems);
  return judged.data;
}

function readYaml(yaml: string | null, problems: Problem[]): Record<string, unknown> {
  if (yaml === null) return {};
  if (yaml.length > MAX_CHARS) {
    problems.push({ path: 'file', message: `longer than ${MAX_CHARS} characters` });
    return {};
  }
  try {
    const tree: unknown = parse(yaml, { schema: 'core', maxAliasCount: 20, logLevel: 'error' }) ?? {};
    if (typeof tree === 'object' && !Array.isArray(tree)) return tree as Record<string, unknown>;
    problems.push({ path: 'file', message: 'must be a mapping of keys to values' });
  } catch (error) {
    problems.push({ path: 'file', message: `is not YAML: ${(error as Error).message}` });
  }
  return {};
}

/** Names that the environment uses for something else than a key of the configuration. */
const OTHER_VARIABLES = new Set([
  'PROVISION_CONFIG',
  'PROVISION_SERVER',
  'PROVISION_CONTEXT',
  'PROVISION_TOKEN',
  'PROVISION_TOKEN_FILE',
  'PROVISION_BMC_PASSWORD',
]);

function applyEnvironment(
  tree: Record<string, unknown>,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): void {
  const known = new Map(
    leafPaths()
      .filter((leaf) => !ONLY_IN_FILE.includes(leaf.join('.')))
      .map((leaf) => [variableName(leaf), leaf]),
  );
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('PROVISION_') || value === undefined || OTHER_VARIABLES.has(name)) continue;
    if (name.startsWith('PROVISION_TEST_')) continue;
    const leaf = known.get(name);
    if (leaf === undefined)
      problems.push({ path: name, message: 'no key of the configuration has this name' });
    else setLeaf(tree, leaf, value);
  }
}

/** Every section of the configuration with nothing said. */
const DEFAULTS = configSchema.parse({}) as unknown as Readonly<
  Record<string, Readonly<Record<string, unknown>> | undefined>
>;

/** Every key of the configuration as a path. */
export function leafPaths(): string[][] {
  return Object.entries(DEFAULTS).flatMap(([key, value]) =>
    key === 'dataDir' ? [[key]] : Object.keys(value ?? {}).map((inner) => [key, inner]),
  );
}

/** Programs to run come from the file only, which its owner writes; an environment is inherited from anywhere. */
const ONLY_IN_FILE = ['power.commands', 'handoff.ansiblePlaybook', 'handoff.definitions'];

function variableName(leaf: readonly string[]): string {
  return `PROVISION_${leaf.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()).join('_')}`;
}

function setLeaf(tree: Record<string, unknown>, leaf: readonly string[], text: string): void {
  const [first = '', second] = leaf;
  if (second === undefined) {
    tree[first] = text;
    return;
  }
  const branch = (typeof tree[first] === 'object' && tree[first] !== null ? tree[first] : {}) as Record<
    string,
    unknown
  >;
  branch[second] = readText(text, DEFAULTS[first]?.[second]);
  tree[first] = branch;
}

/** A text of the environment as the kind of value that the key has by default; the schema judges what comes of it. */
function readText(text: string, example: unknown): unknown {
  if (Array.isArray(example)) return text.split(',').filter((part) => part !== '');
  if (typeof example === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  // A port may be unset, which looks like nothing; no other text of the configuration is digits alone.
  if (typeof example === 'number' || (example === null && /^\d+$/.test(text))) return Number(text);
  return text;
}
