import { nearest } from '../../domain/nearest.ts';
import type { Settings, SettingsInput } from '../../domain/records/settings.ts';
import type { CliDeps } from '../deps.ts';
import { LocalError, UsageError } from '../errors.ts';
import { readSecret } from '../secrets.ts';
import type { FlagSpec, Flags } from './flags.ts';

/** How `--set key=value` reads each setting. Exhaustive by type: a new setting does not compile until it is here. */
const SETTING_KINDS: Readonly<Record<keyof SettingsInput, 'text' | 'integer' | 'list' | 'own-flag'>> = {
  disk: 'text',
  minDiskGb: 'integer',
  timezone: 'text',
  locale: 'text',
  keymap: 'text',
  domain: 'text',
  packages: 'list',
  sshKeys: 'own-flag',
  kernelPackage: 'text',
  rootPartition: 'integer',
  vars: 'own-flag',
  rootPasswordHash: 'own-flag',
};

const OWN_FLAGS: Readonly<Record<string, string>> = {
  sshKeys: '--ssh-key',
  vars: '--var name=value',
  rootPasswordHash: '--root-password-hash-stdin (secrets never stand on a command line)',
};

/** Flags of the settings that profiles and systems share. */
export const SETTINGS_FLAGS: readonly FlagSpec[] = [
  { flag: '--disk <device>', help: 'disk to install on: /dev/vda', fields: ['settings.disk'] },
  { flag: '--packages <a,b>', help: 'packages to install', repeat: true, fields: ['settings.packages'] },
  {
    flag: '--ssh-key <file-or-key>',
    help: 'public key of root: a file, or the key itself',
    repeat: true,
    fields: ['settings.sshKeys'],
  },
  {
    flag: '--root-password-hash-stdin',
    help: 'read the crypt hash of the root password from stdin, or ask for it',
    fields: ['settings.rootPasswordHash'],
  },
  { flag: '--set <key=value>', help: 'any other setting: timezone=UTC', repeat: true, fields: ['settings'] },
  {
    flag: '--var <name=value>',
    help: 'variable for the answer file',
    repeat: true,
    fields: ['settings.vars'],
  },
];

/** For edits: takes settings away. */
export const UNSET_FLAG: FlagSpec = {
  flag: '--unset <key>',
  help: 'take a setting away (vars.NAME: one variable)',
  repeat: true,
  fields: ['settings'],
};

/** What the command line says of settings, before anything is read from files or stdin. */
export interface SettingsChange {
  readonly set: Settings;
  readonly unset: readonly string[];
  /** Files or keys. */
  readonly sshKeys: readonly string[];
  readonly rootPasswordHashStdin: boolean;
}

/** Reads the settings flags; undefined if none was given. Throws UsageError. */
export function settingsChange(flags: Flags, unset: readonly string[] = []): SettingsChange | undefined {
  const set: Record<string, unknown> = {};
  const vars: Record<string, string> = {};
  for (const text of flags.texts('set')) {
    const [key, value] = pair('--set', text);
    if (key.startsWith('vars.')) vars[key.slice('vars.'.length)] = value;
    else set[settingKey(key)] = settingValue(key, value);
  }
  for (const text of flags.texts('var')) {
    const [key, value] = pair('--var', text);
    vars[key] = value;
  }
  if (Object.keys(vars).length > 0) set['vars'] = vars;
  const disk = flags.text('disk');
  if (disk !== undefined) set['disk'] = disk;
  const packages = flags.list('packages');
  if (packages !== undefined) set['packages'] = packages;
  const change: SettingsChange = {
    set: set as Settings,
    unset: unset.map((key) => (key.startsWith('vars.') ? key : settingKey(key))),
    sshKeys: flags.texts('ssh-key'),
    rootPasswordHashStdin: flags.isOn('root-password-hash-stdin'),
  };
  const empty = Object.keys(set).length + change.unset.length + change.sshKeys.length === 0;
  return empty && !change.rootPasswordHashStdin ? undefined : change;
}

/** The settings to send: `current` with the change applied, keys read from their files, the hash from stdin. */
export async function applySettings(
  change: SettingsChange,
  current: Settings,
  deps: Pick<CliDeps, 'readFile' | 'readStdin' | 'prompt' | 'stdinIsTty'>,
): Promise<SettingsInput> {
  // Taken away first, then set: `--unset vars --var role=db` leaves exactly one variable.
  const kept = Object.entries(current).filter(([key]) => !change.unset.includes(key));
  const settings: Record<string, unknown> = { ...Object.fromEntries(kept), ...change.set };
  const vars = varsAfter(change, current);
  if (Object.keys(vars).length > 0) settings['vars'] = vars;
  else delete settings['vars'];
  if (change.sshKeys.length > 0) {
    const lists = await Promise.all(change.sshKeys.map((source) => sshKeysOf(source, deps.readFile)));
    settings['sshKeys'] = lists.flat();
  }
  // Write-only: the server keeps what is not named, so taking it away has to be said.
  if (change.unset.includes('rootPasswordHash')) settings['rootPasswordHash'] = null;
  if (change.rootPasswordHashStdin) {
    settings['rootPasswordHash'] = await readSecret('hash of the root password', deps);
  }
  return settings as SettingsInput;
}

function varsAfter(change: SettingsChange, current: Settings): Record<string, string> {
  const kept = Object.entries(change.unset.includes('vars') ? {} : (current.vars ?? {}));
  return {
    ...Object.fromEntries(kept.filter(([name]) => !change.unset.includes(`vars.${name}`))),
    ...change.set.vars,
  };
}

function pair(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${flag} wants key=value, not '${text}'`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `minDiskGb` from `minDiskGb` or `min-disk-gb`. */
function settingKey(text: string): keyof SettingsInput {
  const camel = text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (Object.hasOwn(SETTING_KINDS, camel)) return camel as keyof SettingsInput;
  const known = Object.keys(SETTING_KINDS);
  const similar = nearest(camel, known);
  const hint = similar === undefined ? `settings are: ${known.join(', ')}` : `did you mean ${similar}?`;
  throw new UsageError(`there is no setting '${text}'`, hint);
}

function settingValue(key: string, text: string): string | number | string[] {
  const name = settingKey(key);
  switch (SETTING_KINDS[name]) {
    case 'text':
      return text;
    case 'list':
      return text.split(',').filter((one) => one !== '');
    case 'integer':
      if (/^[0-9]{1,9}$/.test(text)) return Number(text);
      throw new UsageError(`--set ${key} wants a whole number, not '${text}'`);
    case 'own-flag':
      throw new UsageError(`--set cannot set ${name}`, `use ${OWN_FLAGS[name] ?? 'its own flag'}`);
  }
}

/** Key lines of a file, or the key that the text itself is. */
async function sshKeysOf(source: string, readFile: CliDeps['readFile']): Promise<string[]> {
  if (/^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ /.test(source)) return [source.trim()];
  const text = await readFile(source);
  if (text.includes('PRIVATE KEY')) {
    throw new LocalError(`${source} is a private key and stays here`, `give its public half: ${source}.pub`);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0)
    throw new LocalError(`${source} holds no key`, 'give a file like ~/.ssh/id_ed25519.pub');
  return keys;
}
