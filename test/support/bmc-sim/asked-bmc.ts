import { createIpmiDriver, type IpmiDriver } from '../../../server/bmc/ipmi-driver.ts';
import { Secret } from '../../../src/domain/access/secret.ts';
import type { BmcSession, BmcTarget } from '../../../src/domain/power/bmc-driver.ts';
import { bmcTarget } from '../bmc-target.ts';
import { BmcNet } from './bmc-net.ts';
import type { BmcSetup, SimulatedBmc } from './simulated-bmc.ts';

/** One simulated BMC, and the driver of the service that asks it, on one clock. */
export interface AskedBmc {
  readonly net: BmcNet;
  readonly bmc: SimulatedBmc;
  readonly driver: IpmiDriver;
  /** Work in a session of its own, as `admin` where nothing else is said; time passes until it is over. */
  ask<T>(work: (session: BmcSession) => Promise<T>, changes?: Partial<BmcTarget>): Promise<T>;
  /** The same, for whoever lets time pass himself. */
  open<T>(work: (session: BmcSession) => Promise<T>, changes?: Partial<BmcTarget>): Promise<T>;
  /** Opens a session that nobody closes. */
  leaveOpen(): Promise<void>;
}

export function askedBmc(
  options: BmcSetup['options'] = {},
  setup: Omit<BmcSetup, 'world' | 'options'> = {},
): AskedBmc {
  const net = new BmcNet();
  const bmc = net.add({ ...setup, options });
  const { bindPeers, random, timers } = net;
  const driver = createIpmiDriver({ bindPeers, random, now: timers.now, startTimer: timers.start });
  const withSession = <T>(work: (session: BmcSession) => Promise<T>, changes: Partial<BmcTarget> = {}) => {
    const admin = { address: '10.0.0.9', user: 'admin', password: new Secret('secret') };
    const target = bmcTarget({ ...admin, port: 623, ...changes });
    return driver.withSession(target, work, { signal: new AbortController().signal });
  };
  return {
    net,
    bmc,
    driver,
    open: withSession,
    ask: (work, changes) => net.run(withSession(work, changes)),
    leaveOpen: () =>
      net.run(
        new Promise((resolve, reject) => {
          withSession(() => new Promise(() => resolve())).catch(reject);
        }),
      ),
  };
}
