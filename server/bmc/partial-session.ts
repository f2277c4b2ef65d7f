import type { BmcSession } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';

/** What each method is, in the words of a message. */
const METHODS: Readonly<Record<keyof BmcSession, string>> = {
  powerState: 'tell whether the machine is on',
  power: 'switch the machine',
  setBootDevice: 'set the boot device',
  bootDevice: 'tell the boot device',
  identify: 'light a locator',
  info: 'tell what the machine is',
  sensors: 'read sensors',
  log: 'read an event log',
};

/** A session of a driver that can do a few things only; the rest is `unsupported`, said with `who` that is. */
export function partialSession(who: string, can: Partial<BmcSession>): BmcSession {
  const cannot = Object.fromEntries(
    Object.entries(METHODS).map(([method, words]) => [
      method,
      () => Promise.reject(new BmcError('unsupported', `${who} cannot ${words}`)),
    ]),
  ) as unknown as BmcSession;
  return { ...cannot, ...can };
}
