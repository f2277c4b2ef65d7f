import type { BmcDriver, BmcSession, BmcTarget } from '../domain/power/bmc-driver.ts';
import { BmcError } from '../domain/power/bmc-error.ts';
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
      const port = target.port === null ? [] : [`${target.address}:${target.port}`];
      const exchange = new Exchange(transport, [target.address, ...port]);
      let end = async () => transport.close();
      try {
        const root = await readRoot(exchange, signal);
        const opening = login(exchange, root, target, AbortSignal.timeout(LOGIN_MS));
        // It goes on for a caller who has given up: the session that it may open would be left over.
        end = async () => {
          const left = opening.then((logout) => logout());
          left.catch(() => undefined).finally(() => transport.close());
        };
        const logout = await unlessAborted(opening, signal);
        end = async () => logout().finally(() => transport.close());
        const path = await findSystem(exchange, root, target, signal);
        return await work(sessionWith(exchange, root, path, target, signal));
      } finally {
        await end();
      }
    },
  };
}

/** For a login, which is not broken off by the caller. */
const LOGIN_MS = 30_000;

/** What the promise comes to, unless the caller gives up before. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new BmcError('timeout', 'was given up in the middle of the login'));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
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
