import type { BmcDriver } from '../../src/domain/power/bmc-driver.ts';
import { redfishDriver } from '../../src/redfish/driver.ts';
import { createRedfishTransport } from './redfish-transport.ts';
import { createTrustStore } from './trusted-certificates.ts';

/** The driver `redfish` over HTTPS. */
export function createRedfishDriver(): BmcDriver {
  const trust = createTrustStore();
  return redfishDriver((target) => createRedfishTransport(target, trust));
}
