import { existsSync } from 'node:fs';

/** What the process is to do. */
export type Order =
  | { readonly work: 'serve' }
  /** Puts a backup in the place of the data folder's database. */
  | { readonly work: 'restore'; readonly file: string }
  /** Seals every secret anew, with a new key. */
  | { readonly work: 'rotate-key' };

export interface CommandLine {
  readonly order: Order;
  /** Null: there is no configuration file. */
  readonly configPath: string | null;
}

export const USAGE = `usage: provisiond [--config FILE]
       provisiond [--config FILE] restore BACKUP   put a backup in place of what is there; the service must be stopped
       provisiond [--config FILE] rotate-key       seal every secret with a new key; the service must be stopped
`;

/**
 * What was typed, or undefined where it makes no sense. The configuration is `--config FILE`, else $PROVISION_CONFIG,
 * else ./provision.yaml if it is there.
 */
export function readCommandLine(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine | undefined {
  const rest = [...argv];
  let configPath = env['PROVISION_CONFIG'] ?? null;
  if (rest[0] === '--config') {
    const [, value] = rest.splice(0, 2);
    if (value === undefined) return undefined;
    configPath = value;
  } else if (configPath === null && existsSync('provision.yaml')) configPath = 'provision.yaml';
  const [work, file, ...more] = rest;
  if (work === undefined) return { order: { work: 'serve' }, configPath };
  if (work === 'restore' && file !== undefined && more.length === 0)
    return { order: { work, file }, configPath };
  if (work === 'rotate-key' && file === undefined) return { order: { work }, configPath };
  return undefined;
}
