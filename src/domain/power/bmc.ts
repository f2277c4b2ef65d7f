import { z } from 'zod';
import { ipv4Text, patchOf } from '../records/fields.ts';
import { BMC_DRIVERS, type BmcDriverName } from './bmc-driver.ts';
import { FIRMWARES } from './power.ts';

const oneWordName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  message: 'must be a name of a-z, 0-9, dash and underscore, as the configuration of the server has it',
});

const oneLine = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' });

/** SHA-256 of a certificate: 64 hex digits, with or without colons. */
const fingerprint = z.string().transform((text, ctx) => {
  const digits = text.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  ctx.addIssue({
    code: 'custom',
    message:
      'must be the SHA-256 fingerprint of the certificate: 64 hex digits (openssl x509 -noout -sha256 -fingerprint)',
  });
  return z.NEVER;
});

/** Never repeated by an error: a schema's sentence must not hold a secret. */
const secretText = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}]+$/u, { message: 'must be one line without control characters' });

/** Every field of a BMC as it may be given; what the drivers need of it is judged by `bmcInput`. */
const bmcFields = z.strictObject({
  /** Null only where the driver needs none. */
  address: ipv4Text.nullable().default(null),
  /** Null: there is no power control, only an address that nobody else gets. */
  driver: z.enum(BMC_DRIVERS).nullable().default(null),
  /** UDP or TCP; null: the driver's usual one. */
  port: z.int().min(1).max(65_535).nullable().default(null),
  user: oneLine(64).default(''),
  /** Write-only. Null takes it away, absent keeps it. */
  password: secretText.nullable().optional(),
  /** Write-only: the BMC key of IPMI 2.0 §13.33, text or `0x` and hex. Null takes it away, absent keeps it. */
  kg: secretText.nullable().optional(),
  cipherSuite: z
    .union([z.literal(3), z.literal(17)])
    .nullable()
    .default(null),
  privilege: z.enum(['user', 'operator', 'administrator']).default('operator'),
  protocol: z.enum(['2.0', '1.5']).default('2.0'),
  /** How the machine boots: what every boot device that is set has to say. Null: as it was heard (chosen-firmware.ts). */
  firmware: z.enum(FIRMWARES).nullable().default(null),
  vendor: oneLine(64).nullable().default(null),
  model: oneLine(64).nullable().default(null),
  certificate: fingerprint.nullable().default(null),
  node: oneLine(128).nullable().default(null),
  command: oneWordName.nullable().default(null),
  /** Other systems that say the same may have the same address: blades of one chassis. */
  shared: z.boolean().default(false),
});

/** A user or a password without a driver is meant for the usual one. */
function withDriver(fields: z.output<typeof bmcFields>): z.output<typeof bmcFields> {
  const isMeant = fields.user !== '' || typeof fields.password === 'string' || typeof fields.kg === 'string';
  return { ...fields, driver: fields.driver ?? (isMeant ? 'ipmi' : null) };
}

/** The BMC of a system, whole. */
export const bmcInput = bmcFields.transform(withDriver).superRefine((bmc, ctx) => {
  for (const [path, message] of bmcProblems(bmc)) ctx.addIssue({ code: 'custom', path: [path], message });
});
/** An edit of it: what is not named stays. */
export const bmcPatch = patchOf(bmcFields);

export type BmcInput = z.output<typeof bmcInput>;
export type BmcAdd = z.input<typeof bmcInput>;

/** The BMC as it may be shown. */
export interface Bmc extends Omit<BmcInput, 'password' | 'kg'> {
  readonly passwordSet: boolean;
  readonly kgSet: boolean;
}

const IPMI_USER_BYTES = 16;
const IPMI_KG_BYTES = 20;
/** Drivers that ask nothing by an address of their own. */
const WITHOUT_ADDRESS: readonly (BmcDriverName | null)[] = ['wol', 'command'];

type Problem = readonly [path: keyof BmcInput, message: string];

function bmcProblems(bmc: BmcInput): Problem[] {
  const problems: Problem[] = [];
  const { driver, address, command } = bmc;
  if (address === null && !WITHOUT_ADDRESS.includes(driver)) problems.push(['address', 'is missing']);
  if (driver === 'command' && command === null)
    problems.push(['command', 'is missing: the name of a command of the server’s own configuration']);
  if (driver === 'ipmi') problems.push(...ipmiProblems(bmc));
  return problems;
}

function ipmiProblems({ user, password, kg, protocol }: BmcInput): Problem[] {
  const problems: Problem[] = [];
  if (Buffer.byteLength(user) > IPMI_USER_BYTES)
    problems.push(['user', `must be at most ${IPMI_USER_BYTES} bytes long: IPMI has no room for more`]);
  const wrong = typeof password === 'string' ? passwordProblem(password, protocol) : undefined;
  if (wrong !== undefined) problems.push(['password', wrong]);
  if (typeof kg === 'string' && !isKg(kg))
    problems.push(['kg', `must be at most ${IPMI_KG_BYTES} bytes: text, or 0x and hex digits`]);
  return problems;
}

/** At most 20 bytes: hex where it begins with `0x`, else UTF-8. */
function isKg(text: string): boolean {
  if (/^0x/i.test(text)) return /^0x([0-9a-f]{2}){1,20}$/i.test(text);
  return Buffer.byteLength(text) <= IPMI_KG_BYTES;
}

/** Bytes that IPMI has for a password: IPMI 2.0 §22.30, and 1.5 before it. BMCs cut what is longer without a word. */
const PASSWORD_BYTES: Readonly<Record<BmcInput['protocol'], number>> = { '2.0': 20, '1.5': 16 };

/** Why IPMI cannot use the password, or undefined. Bytes of UTF-8 count, not characters. */
export function passwordProblem(password: string, protocol: BmcInput['protocol']): string | undefined {
  const most = PASSWORD_BYTES[protocol];
  const bytes = Buffer.byteLength(password);
  if (bytes <= most) return undefined;
  return `is ${bytes} bytes long, and IPMI ${protocol} has room for ${most}: a BMC would cut it without a word; set a shorter one there, then here`;
}

/** What people should know of a password that IPMI can use, or undefined. */
export function passwordWarning(password: string): string | undefined {
  const bytes = Buffer.byteLength(password);
  if (bytes <= PASSWORD_BYTES['1.5'] || bytes > PASSWORD_BYTES['2.0']) return undefined;
  return `the password is ${bytes} bytes long: a BMC whose user was made for 16 bytes (IPMI 1.5) has cut it, and refuses it whole`;
}
