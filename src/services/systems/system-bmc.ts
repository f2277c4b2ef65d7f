import { SEALING } from '../../domain/access/sealing.ts';
import { Secret } from '../../domain/access/secret.ts';
import type { Problem } from '../../domain/errors.ts';
import { type Bmc, type BmcInput, passwordProblem } from '../../domain/power/bmc.ts';
import { canonicalIpv4, type Patch } from '../../domain/records/fields.ts';
import type { BmcWrite, StoredBmc } from '../../store/interfaces/power-store.ts';
import type { SecretBox } from '../deps.ts';

const CONTEXT = { password: SEALING.bmcPassword, kg: SEALING.bmcKg } as const;
type Kept = Pick<StoredBmc, 'bmc' | 'sealedPassword' | 'sealedKg'>;

/** A BMC in the shape of an input. */
export function editableBmc(bmc: Bmc | null): Omit<BmcInput, 'password' | 'kg'> | null {
  if (bmc === null) return null;
  const { passwordSet: _passwordSet, kgSet: _kgSet, ...fields } = bmc;
  return fields;
}

/** What an edit makes of the BMC on record: what it does not name stays. */
export function mergeBmc(old: Bmc | null, patch: Patch<BmcInput> | null | undefined): object | null {
  if (patch === undefined) return editableBmc(old);
  if (patch === null) return null;
  const named = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...editableBmc(old), ...Object.fromEntries(named) };
}

/**
 * A BMC as it is written: secrets sealed, those that the input does not name kept. `kept` is what is on record now; a
 * problem of it is added to `problems`.
 */
export function sealBmc(
  input: BmcInput,
  kept: Kept | undefined,
  box: SecretBox,
  problems: Problem[],
): BmcWrite {
  const { address, password, kg, ...fields } = input;
  const seal = (
    what: keyof typeof CONTEXT,
    given: string | null | undefined,
    old: string | null | undefined,
  ) => (given == null ? (given === null ? null : (old ?? null)) : box.seal(given, CONTEXT[what]));
  const write = {
    ...fields,
    ip: address === null ? null : canonicalIpv4(address),
    sealedPassword: seal('password', password, kept?.sealedPassword),
    sealedKg: seal('kg', kg, kept?.sealedKg),
  };
  if (password === undefined && kept !== undefined) problems.push(...keptProblems(input, kept, box));
  return write;
}

/**
 * A password on record is for the BMC that it was given for: whoever may edit a system could else have it sent to an
 * address of his own. And one that was good for another driver may be too long for this one.
 */
function keptProblems(
  { address, driver, protocol }: BmcInput,
  { bmc, sealedPassword }: Kept,
  box: SecretBox,
): Problem[] {
  if (sealedPassword === null) return [];
  if (address !== bmc.address) {
    const message = `was given for the BMC at ${bmc.address}; give it anew for ${address}, or take it away with null`;
    return [{ path: 'bmc.password', message }];
  }
  const isAsBefore = bmc.driver === driver && bmc.protocol === protocol;
  if (driver !== 'ipmi' || isAsBefore) return [];
  const message = passwordProblem(box.open(sealedPassword, CONTEXT.password), protocol);
  return message === undefined ? [] : [{ path: 'bmc.password', message: `the one that is set ${message}` }];
}

/** Opens what `sealBmc` sealed. */
export function openBmcSecrets(
  { sealedPassword, sealedKg }: Pick<StoredBmc, 'sealedPassword' | 'sealedKg'>,
  box: SecretBox,
): { readonly password: Secret | null; readonly kg: Secret | null } {
  const open = (what: keyof typeof CONTEXT, sealed: string | null) =>
    sealed === null ? null : new Secret(box.open(sealed, CONTEXT[what]));
  return { password: open('password', sealedPassword), kg: open('kg', sealedKg) };
}

/** Where the write-only fields of a BMC stand in a system. */
export const BMC_SECRETS = ['bmc.password', 'bmc.kg'] as const;

/** The write-only fields in the clear, by their paths in a system. */
export function bmcSecrets(stored: StoredBmc, box: SecretBox): Record<string, string> {
  const { password, kg } = openBmcSecrets(stored, box);
  return {
    ...(password === null ? {} : { [BMC_SECRETS[0]]: password.reveal() }),
    ...(kg === null ? {} : { [BMC_SECRETS[1]]: kg.reveal() }),
  };
}

/** Is it another BMC, or another machine of it, than before? What was known of its power is void then. */
export function isElsewhere(before: Bmc | null, after: Bmc | null): boolean {
  const place = (bmc: Bmc | null) =>
    bmc && [bmc.address, bmc.driver, bmc.port, bmc.node, bmc.command].join(' ');
  return place(before) !== place(after);
}
