import type { Check } from '../domain/check.ts';
import type { BmcInfo, BmcLogEntry, BmcSensor } from '../domain/power/bmc-driver.ts';
import type { Job, JobReceipt } from '../domain/power/job.ts';
import type {
  BootDevice,
  BootDeviceResult,
  BootOverride,
  Firmware,
  PowerAction,
  PowerStatus,
} from '../domain/power/power.ts';
import type { Exchange, Items } from './exchange.ts';

/** Which machines are meant: exactly one of these. */
export interface Selection {
  readonly systems?: readonly string[];
  readonly role?: string;
  readonly profile?: string;
  /** Pattern of names: `web*`. */
  readonly match?: string;
  readonly all?: true;
}

export interface PowerRequest extends Selection {
  readonly action: PowerAction;
  readonly staggerSeconds?: number;
  readonly timeoutSeconds?: number;
  /** Only say which machines are meant. */
  readonly dryRun?: boolean;
}

export interface JobQuery {
  readonly open?: boolean;
  readonly system?: string;
  readonly batch?: string;
  readonly ids?: readonly number[];
  readonly limit?: number;
}

export interface PowerClient {
  /** Makes a job of each machine; they go on whether somebody waits or not. */
  request(request: PowerRequest): Promise<JobReceipt>;
  /** Asks the BMCs now. */
  status(selection: Selection): Promise<Items<PowerStatus> & { readonly skipped: readonly string[] }>;
  /** Newest first. */
  jobs(query?: JobQuery): Promise<Items<Job>>;
  cancel(id: number): Promise<Job>;
  bootDevice(system: string): Promise<{ readonly override: BootOverride | null }>;
  setBootDevice(
    system: string,
    input: {
      readonly device: BootDevice;
      readonly persistent?: boolean;
      readonly firmware?: Firmware;
      readonly httpBootUri?: string;
    },
  ): Promise<BootDeviceResult>;
  identify(system: string, seconds?: number): Promise<{ readonly seconds: number }>;
  info(system: string): Promise<BmcInfo>;
  sensors(system: string): Promise<Items<BmcSensor>>;
  log(system: string, limit?: number): Promise<Items<BmcLogEntry>>;
  check(system: string): Promise<Items<Check>>;
}

export function powerClient(exchange: Exchange): PowerClient {
  const one = (system: string): string => `/api/v1/systems/${encodeURIComponent(system)}`;
  return {
    request: (request) => exchange.object('POST', '/api/v1/power', request),
    status: (selection) => exchange.object('POST', '/api/v1/power/status', selection),
    jobs: (query = {}) => {
      const named = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(Object.fromEntries(named.map(([key, value]) => [key, String(value)])));
      return exchange.list(`/api/v1/jobs${text.size === 0 ? '' : `?${text}`}`);
    },
    cancel: (id) => exchange.object('POST', `/api/v1/jobs/${id}/cancel`, {}),
    bootDevice: (system) => exchange.object('GET', `${one(system)}/boot-device`),
    setBootDevice: (system, input) => exchange.object('PUT', `${one(system)}/boot-device`, input),
    identify: (system, seconds) =>
      exchange.object('POST', `${one(system)}/identify`, seconds === undefined ? {} : { seconds }),
    info: (system) => exchange.object('GET', `${one(system)}/bmc`),
    sensors: (system) => exchange.list(`${one(system)}/bmc/sensors`),
    log: (system, limit) =>
      exchange.list(`${one(system)}/bmc/log${limit === undefined ? '' : `?limit=${limit}`}`),
    check: (system) => exchange.list(`${one(system)}/bmc/check`),
  };
}
