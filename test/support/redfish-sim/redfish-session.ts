import { Secret } from '../../../src/domain/access/secret.ts';
import type { BmcDriver, BmcSession, BmcTarget } from '../../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../../src/domain/power/bmc-error.ts';
import { redfishDriver } from '../../../src/redfish/driver.ts';
import { bmcTarget as plainTarget } from '../bmc-target.ts';
import { SIM_PASSWORD, SIM_USER, type SimulatedRedfish } from './simulated-redfish.ts';

/** A BMC as its record says; what a test is about, it says itself. */
export function bmcTarget(fields: Partial<BmcTarget> = {}): BmcTarget {
  return plainTarget({ user: SIM_USER, password: new Secret(SIM_PASSWORD), ...fields });
}

/** One session with any driver. */
export function sessionOf<T>(
  driver: BmcDriver,
  target: BmcTarget,
  work: (session: BmcSession) => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  return driver.withSession(target, work, { signal });
}

/** One session of the driver with a simulated BMC, without a wire. */
export function withRedfish<T>(
  bmc: SimulatedRedfish,
  work: (session: BmcSession) => Promise<T>,
  target: Partial<BmcTarget> = {},
): Promise<T> {
  return sessionOf(
    redfishDriver(() => bmc.transport()),
    bmcTarget(target),
    work,
  );
}

/** The BmcError that it ends with; fails where it does not end with one. */
export async function bmcErrorOf(promise: Promise<unknown>): Promise<BmcError> {
  const outcome: unknown = await promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
  if (outcome instanceof BmcError) return outcome;
  throw new Error(`no BmcError: ${String(outcome)}`, { cause: outcome });
}
