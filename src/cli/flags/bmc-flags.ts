import type { BmcAdd } from '../../domain/power/bmc.ts';
import { BMC_DRIVERS } from '../../domain/power/bmc-driver.ts';
import { FIRMWARES } from '../../domain/power/power.ts';
import type { Patch } from '../../domain/records/fields.ts';
import type { System } from '../../domain/records/system.ts';
import type { CliDeps } from '../deps.ts';
import { UsageError } from '../errors.ts';
import type { Output } from '../output/output.ts';
import { readSecret } from '../secrets.ts';
import { type FlagSpec, type Flags, named } from './flags.ts';

/** Where scripts put the password that is not to stand on a command line. */
const PASSWORD_VARIABLE = 'PROVISION_BMC_PASSWORD';

const spec = (flag: string, help: string, field: string): FlagSpec => ({
  flag: `--bmc-${flag}`,
  help,
  fields: [`bmc.${field}`],
});

/** Flags of a system's BMC, for add and edit. */
export const BMC_FLAGS: readonly FlagSpec[] = [
  { flag: '--bmc <ip>', help: 'address of its BMC, or none', fields: ['bmc', 'bmc.address'] },
  spec(
    'user <name>',
    `user of the BMC; its password is taken from $${PASSWORD_VARIABLE} where that is set`,
    'user',
  ),
  spec('password-stdin', 'read the password of the BMC from stdin, or ask for it', 'password'),
  spec('kg-stdin', 'read the BMC key KG (text or 0x…) from stdin, or ask for it', 'kg'),
  { flag: '--bmc-forget <secret>', help: 'take a secret away: password or kg', repeat: true },
  spec(
    'driver <driver>',
    `${BMC_DRIVERS.join(', ')}, or none: no power control; ipmi where a user is given`,
    'driver',
  ),
  spec(
    'firmware <firmware>',
    'how the machine boots: uefi, bios, or none: as it is heard, and as if by uefi until then',
    'firmware',
  ),
  spec('port <port>', "UDP or TCP port, or none: the driver's usual one", 'port'),
  spec('cipher-suite <n>', 'IPMI: 17 or 3 only; none: 17, then 3', 'cipherSuite'),
  spec('privilege <level>', 'IPMI: user, operator or administrator', 'privilege'),
  spec('protocol <version>', 'IPMI: 2.0, or 1.5 (which is not encrypted)', 'protocol'),
  spec('certificate <sha256>', 'Redfish: fingerprint of its certificate, or none', 'certificate'),
  spec('node <id>', 'Redfish: which machine of the chassis, or none', 'node'),
  spec('vendor <name>', 'vendor, for quirks; or none', 'vendor'),
  spec('model <name>', 'model, for quirks; or none', 'model'),
  spec('command <name>', "command of the server's configuration, or none", 'command'),
  spec('shared <yes|no>', 'other systems with the same address say so too: blades of one chassis', 'shared'),
];

/** What the command line says of a BMC, before anything is read from stdin. */
export interface BmcChange {
  /** Null takes the BMC away. */
  readonly fields: Patch<BmcAdd> | null;
  readonly stdin: 'password' | 'kg' | undefined;
  readonly environment: boolean;
}

/** Reads the flags of a BMC; undefined if none was given. Throws UsageError. */
export function bmcChange(flags: Flags, env: CliDeps['env']): BmcChange | undefined {
  const fields = { ...bmcFields(flags), ...forgotten(flags) };
  const stdin = secretOnStdin(flags);
  const isNamed = Object.keys(fields).length > 0 || stdin !== undefined;
  const address = flags.nullable('bmc');
  if (address === null) {
    if (isNamed) throw new UsageError('--bmc none takes the BMC away; no other flag of it goes with that');
    return { fields: null, stdin: undefined, environment: false };
  }
  if (address === undefined && !isNamed) return undefined;
  const environment = fields.user !== undefined && stdin !== 'password' && !!env[PASSWORD_VARIABLE];
  return { fields: { ...named({ address }), ...fields }, stdin, environment };
}

function bmcFields(flags: Flags): Patch<BmcAdd> {
  const text = flags.nullable('bmc-cipher-suite');
  if (text !== undefined && text !== null && text !== '3' && text !== '17')
    throw new UsageError(`--bmc-cipher-suite wants 17, 3 or none, not '${text}'`, 'suite 0 lets anybody in');
  return named({
    driver: flags.text('bmc-driver') === 'none' ? null : flags.oneOf('bmc-driver', BMC_DRIVERS),
    port: flags.nullableInteger('bmc-port'),
    user: flags.text('bmc-user'),
    cipherSuite: text === undefined || text === null ? text : text === '3' ? 3 : 17,
    privilege: flags.oneOf('bmc-privilege', ['user', 'operator', 'administrator']),
    protocol: flags.oneOf('bmc-protocol', ['2.0', '1.5']),
    firmware: flags.text('bmc-firmware') === 'none' ? null : flags.oneOf('bmc-firmware', FIRMWARES),
    vendor: flags.nullable('bmc-vendor'),
    model: flags.nullable('bmc-model'),
    certificate: flags.nullable('bmc-certificate'),
    node: flags.nullable('bmc-node'),
    command: flags.nullable('bmc-command'),
    shared: yesOrNo(flags.oneOf('bmc-shared', ['yes', 'no'])),
  } as const);
}

function yesOrNo(text: 'yes' | 'no' | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'yes';
}

function forgotten(flags: Flags): { password?: null; kg?: null } {
  const secrets = flags.texts('bmc-forget');
  const unknown = secrets.find((one) => one !== 'password' && one !== 'kg');
  if (unknown !== undefined) throw new UsageError(`--bmc-forget wants password or kg, not '${unknown}'`);
  return Object.fromEntries(secrets.map((one) => [one, null]));
}

/** Stdin can be read once. */
function secretOnStdin(flags: Flags): BmcChange['stdin'] {
  const given = ['bmc-password-stdin', 'bmc-kg-stdin', 'root-password-hash-stdin'].filter((one) =>
    flags.isOn(one),
  );
  if (given.length > 1)
    throw new UsageError(
      `${given.map((one) => `--${one}`).join(' and ')} both read stdin`,
      'set one, then edit',
    );
  if (flags.isOn('bmc-password-stdin')) return 'password';
  return flags.isOn('bmc-kg-stdin') ? 'kg' : undefined;
}

/** The BMC to send: secrets read from stdin, the terminal or the environment. */
export async function applyBmc(
  { fields, stdin, environment }: BmcChange,
  deps: Pick<CliDeps, 'readStdin' | 'prompt' | 'stdinIsTty' | 'env'>,
  out: Output,
): Promise<Patch<BmcAdd> | null> {
  if (fields === null) return null;
  const secrets: { password?: string; kg?: string } = {};
  if (stdin !== undefined)
    secrets[stdin] = await readSecret(stdin === 'kg' ? 'BMC key KG' : 'password of the BMC', deps);
  const fromEnvironment = deps.env[PASSWORD_VARIABLE];
  if (environment && fromEnvironment !== undefined) secrets.password = fromEnvironment;
  const { passwordWarning } = await import('../../domain/power/bmc.ts');
  const warning = secrets.password === undefined ? undefined : passwordWarning(secrets.password);
  if (warning !== undefined && (fields.driver ?? 'ipmi') === 'ipmi') out.say(`warning: ${warning}`);
  return { ...fields, ...secrets };
}

/** What is still missing until the BMC can be asked, or undefined. */
export function bmcNextStep({ name, bmc }: Pick<System, 'name' | 'bmc'>): string | undefined {
  if (bmc === null || bmc.passwordSet || (bmc.driver !== 'ipmi' && bmc.driver !== 'redfish'))
    return undefined;
  return `next: its BMC has no password yet: provision system edit ${name} --bmc-password-stdin`;
}
