import { DomainError } from '../../domain/errors.ts';
import type { Bmc } from '../../domain/power/bmc.ts';
import type { BmcDriver, BmcDriverName, BmcSession, BmcTarget } from '../../domain/power/bmc-driver.ts';
import { BmcError } from '../../domain/power/bmc-error.ts';
import type { StoredBmc } from '../../store/interfaces/power-store.ts';
import type { SecretBox } from '../deps.ts';
import { openBmcSecrets } from '../systems/system-bmc.ts';
import type { BmcQueue } from './bmc-queue.ts';
import type { Clock } from './clock.ts';

export type BmcDrivers = Readonly<Partial<Record<BmcDriverName, BmcDriver>>>;

export interface BmcAccessDeps {
  readonly drivers: BmcDrivers;
  readonly queue: BmcQueue;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** So long one session may take in all. */
  readonly sessionMs: number;
  /** Hears of what a driver should never throw. */
  readonly onUnexpected: (error: unknown, system: string) => void;
}

/** The only way to a BMC: in its turn, with its secrets, within a time, and with no error but BmcError. */
export interface BmcAccess {
  /** Throws BmcError; the signal's reason when it is aborted; what `work` itself throws. */
  session<T>(stored: StoredBmc, signal: AbortSignal, work: (session: BmcSession) => Promise<T>): Promise<T>;
  /** The same without a session of ours: the driver opens what it needs. */
  direct<T>(
    stored: StoredBmc,
    signal: AbortSignal,
    work: (driver: BmcDriver, target: BmcTarget, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
}

export function createBmcAccess(deps: BmcAccessDeps): BmcAccess {
  const { queue, drivers, secrets } = deps;
  const direct: BmcAccess['direct'] = (stored, signal, work) =>
    queue.run(placeOf(stored), signal, () =>
      typed(deps, stored, signal, async () => {
        const driver = driverOf(stored.bmc, drivers);
        const target = targetOf(stored, secrets);
        return withinTime(deps, signal, (until) => work(driver, target, until));
      }),
    );
  return {
    direct,
    async session(stored, signal, work) {
      const own = (session: BmcSession) =>
        work(session).catch((error) => {
          throw error instanceof BmcError ? error : new OwnFailure(error);
        });
      try {
        return await direct(stored, signal, (driver, target, until) =>
          driver.withSession(target, own, { signal: until }),
        );
      } catch (error) {
        throw error instanceof OwnFailure ? error.cause : error;
      }
    },
  };
}

/** What makes two systems share a queue: the BMC at one address and port. */
function placeOf({ system, bmc }: StoredBmc): string {
  return bmc.address === null ? `system ${system}` : `${bmc.address}:${bmc.port ?? bmc.driver}`;
}

function driverOf(bmc: Bmc, drivers: BmcDrivers): BmcDriver {
  if (bmc.driver === null) throw new BmcError('unsupported', 'the record has no driver for power control');
  const driver = drivers[bmc.driver];
  if (driver === undefined) throw new BmcError('unsupported', `this service has no driver '${bmc.driver}'`);
  return driver;
}

function targetOf(stored: StoredBmc, box: SecretBox): BmcTarget {
  const {
    driver: _driver,
    firmware: _firmware,
    shared: _shared,
    passwordSet: _set,
    kgSet: _kg,
    ...bmc
  } = stored.bmc;
  const { macs, system } = stored;
  return { ...bmc, ...openBmcSecrets(stored, box), address: bmc.address ?? '', system, macs };
}

/** Ends the session when its time is over. The timer ends with the session. */
async function withinTime<T>(
  { clock, sessionMs }: BmcAccessDeps,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const until = new AbortController();
  let over: BmcError | undefined;
  const done = clock.alarm(sessionMs, () => {
    over = new BmcError('timeout', `the session was not over after ${sessionMs / 1000} s`);
    until.abort(over);
  });
  const giveUp = () => until.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await work(until.signal);
  } catch (error) {
    throw over ?? error;
  } finally {
    done();
    signal.removeEventListener('abort', giveUp);
  }
}

/** A mistake of a driver, and a key file that does not fit, are told like everything else that a BMC did not do. */
async function typed<T>(
  { onUnexpected }: BmcAccessDeps,
  { system }: StoredBmc,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BmcError || error instanceof OwnFailure) throw error;
    if (error instanceof DomainError && error.code === 'storage')
      throw new BmcError('wrong-credentials', error.message);
    onUnexpected(error, system);
    throw new BmcError(
      'malformed',
      'the driver could not make sense of it; the log of the service has the details',
    );
  }
}

/** Thrown by what was to be done in the session, and so no matter of the BMC. */
class OwnFailure extends Error {
  constructor(cause: unknown) {
    super('', { cause });
  }
}
