import type { Install, InstallState } from '../domain/install/install.ts';
import type {
  BatchProgress,
  BatchReceipt,
  InstallBatch,
  InstallPlan,
  QueueView,
} from '../domain/install/install-batch.ts';
import type { Exchange, Items } from './exchange.ts';

/** Which machines are to be installed (exactly one of the first four), and how. */
export interface BulkRequest {
  readonly systems?: readonly string[];
  readonly role?: string;
  readonly profile?: string;
  /** Pattern of names: `web*`. */
  readonly match?: string;
  readonly attempts?: number;
  readonly expiresInMinutes?: number;
  readonly allowAddressInUse?: boolean;
  readonly power?: boolean;
  readonly cycle?: boolean;
  readonly netbootTimeoutSeconds?: number;
  readonly stopAfterFailures?: number;
  readonly allOrNone?: boolean;
  /** Machines in service that may be wiped, by name; or exactly how many. */
  readonly yesWipe?: readonly string[];
  readonly yesWipeCount?: number;
}

export interface InstallQuery {
  readonly system?: string;
  readonly batch?: string;
  readonly state?: InstallState;
  /** Only those that are not over; or only those that are. */
  readonly live?: boolean;
  readonly limit?: number;
}

export interface InstallClient {
  start(request: BulkRequest): Promise<BatchReceipt>;
  /** What `start` would do; nothing is written. */
  plan(request: BulkRequest): Promise<InstallPlan>;
  /** Newest first. */
  list(query?: InstallQuery): Promise<Items<Install>>;
  get(id: number): Promise<Install>;
  batches(limit?: number): Promise<Items<InstallBatch>>;
  batch(id: string): Promise<BatchProgress>;
  cancelBatch(id: string, options: { readonly queuedOnly: boolean }): Promise<BatchProgress>;
  queue(): Promise<QueueView>;
  move(system: string, to: 'first' | 'last' | number): Promise<Install>;
}

export function installClient(exchange: Exchange): InstallClient {
  const base = '/api/v1/installs';
  const batch = (id: string): string => `${base}/batches/${encodeURIComponent(id)}`;
  return {
    start: (request) => exchange.object('POST', base, request),
    plan: (request) => exchange.object('POST', `${base}/plan`, request),
    list: (query = {}) => exchange.list(`${base}${queryText({ ...query })}`),
    get: (id) => exchange.object('GET', `${base}/${id}`),
    batches: (limit) => exchange.list(`${base}/batches${queryText({ limit })}`),
    batch: (id) => exchange.object('GET', batch(id)),
    cancelBatch: (id, options) => exchange.object('POST', `${batch(id)}/cancel`, options),
    queue: () => exchange.object('GET', `${base}/queue`),
    move: (system, to) => exchange.object('POST', `${base}/queue/move`, { system, to }),
  };
}

function queryText(query: Readonly<Record<string, unknown>>): string {
  const named = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(Object.fromEntries(named.map(([key, value]) => [key, String(value)])));
  return text.size === 0 ? '' : `?${text}`;
}
