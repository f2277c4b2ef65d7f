import type { BmcDriver, BmcSession, BmcTarget } from '../domain/bmc-driver.ts';
import { BmcError } from '../domain/bmc-error.ts';
import { readLog } from './event-log.ts';
import { Exchange, type Fetched } from './exchange.ts';
import { RedfishError } from './failure.ts';
import { findSystem } from './find-system.ts';
import { setIndicator } from './indicator.ts';
import { findManager, readInfo } from './inventory.ts';
import { login } from './login.ts';
import { quirksOf } from './quirks.ts';
import { powerStateOf, resetSystem } from './reset.ts';
import type { Resource } from './resource.ts';
import { readSensors, rootExpands } from './sensors.ts';
import { readBootOverride, setBoot } from './set-boot.ts';
import type { ConnectRedfish } from './transport.ts';

/** The driver `redfish`: DSP0266 and the schemas of DSP8010, with vendors' ways by the table of quirks. */
export function redfishDriver(connect: ConnectRedfish): BmcDriver {
  return {
    name: 'redfish',
    async withSession(target, work, { signal }) {
      const transport = connect(target);
      try {
        const port = target.port === null ? [] : [`${target.address}:${target.port}`];
        const exchange = new Exchange(transport, [target.address, ...port]);
        const root = await readRoot(exchange, signal);
        const logout = await login(exchange, root, target, signal);
        try {
          const path = await findSystem(exchange, root, target, signal);
          return await work(sessionWith(exchange, root, path, target, signal));
        } finally {
          await logout();
        }
      } finally {
        transport.close();
      }
    },
  };
}

/** The service root, which needs no login: DSP0266 §6.7 */
async function readRoot(exchange: Exchange, signal: AbortSignal): Promise<Resource> {
  try {
    return (await exchange.get('/redfish/v1/', signal)).resource;
  } catch (error) {
    if (!(error instanceof RedfishError) || error.status !== 404) throw error;
    throw new BmcError('unsupported', 'has no Redfish at /redfish/v1/; switch it on in the BMC');
  }
}

function sessionWith(
  exchange: Exchange,
  root: Resource,
  path: string,
  target: BmcTarget,
  signal: AbortSignal,
): BmcSession {
  const read = (): Promise<Fetched> => exchange.get(path, signal);
  return {
    powerState: async () => powerStateOf((await read()).resource),
    power: (action) => resetSystem(exchange, path, action, signal),
    setBootDevice: async (override) => {
      const system = await read();
      return setBoot(exchange, system, override, quirksOf(system.resource, target), signal);
    },
    bootDevice: async () => {
      const system = await read();
      return readBootOverride(exchange, system, quirksOf(system.resource, target), signal);
    },
    identify: async (seconds) => setIndicator(exchange, await read(), seconds > 0, signal),
    info: async () => {
      const system = await read();
      const quirks = quirksOf(system.resource, target);
      return readInfo(exchange, root, system, quirks, target.address, signal);
    },
    sensors: async () => readSensors(exchange, await read(), rootExpands(root), signal),
    log: async (limit) => {
      const system = await read();
      const manager = await findManager(exchange, root, system, signal);
      return readLog(exchange, manager === null ? [system] : [system, manager], limit, signal);
    },
  };
}
