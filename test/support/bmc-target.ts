import type { BmcTarget } from '../../src/domain/power/bmc-driver.ts';

/** A BMC of the usual kind, with these fields changed. */
export function bmcTarget(changes: Partial<BmcTarget> = {}): BmcTarget {
  return {
    system: 'web001',
    address: '127.0.0.1',
    port: null,
    user: 'admin',
    password: null,
    kg: null,
    cipherSuite: null,
    privilege: 'administrator',
    protocol: '2.0',
    vendor: null,
    model: null,
    certificate: null,
    node: null,
    command: null,
    macs: [],
    ...changes,
  };
}
