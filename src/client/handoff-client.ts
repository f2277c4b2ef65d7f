import type { Handoff, HandoffReceipt } from '../domain/handoff/handoff.ts';
import type { Exchange, Items } from './exchange.ts';
import type { Selection } from './power-client.ts';

export interface HandoffRequest extends Selection {
  /** Only look at what would change. */
  readonly check?: boolean;
}

export interface HandoffQuery {
  readonly open?: boolean;
  readonly system?: string;
  readonly batch?: string;
  readonly limit?: number;
}

/** A piece of a log: whole lines, where the next piece begins, and whether nothing will follow. */
export interface HandoffLogPiece {
  readonly text: string;
  readonly next: number;
  readonly over: boolean;
}

export interface HandoffClient {
  /** Begins a run on each machine in service; they go on whether somebody waits or not. */
  run(request: HandoffRequest): Promise<HandoffReceipt>;
  /** Configures a machine again whose hand-off failed. */
  retry(system: string): Promise<Handoff>;
  /** Newest first. */
  list(query?: HandoffQuery): Promise<Items<Handoff>>;
  get(id: number): Promise<Handoff>;
  log(id: number, from: number): Promise<HandoffLogPiece>;
  cancel(id: number): Promise<Handoff>;
}

export function handoffClient(exchange: Exchange): HandoffClient {
  const base = '/api/v1/handoffs';
  return {
    run: (request) => exchange.object('POST', base, request),
    retry: (system) =>
      exchange.object('POST', `/api/v1/systems/${encodeURIComponent(system)}/handoff/retry`, {}),
    list: (query = {}) => {
      const named = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(named.map(([key, value]): [string, string] => [key, String(value)]));
      return exchange.list(`${base}${text.size === 0 ? '' : `?${text}`}`);
    },
    get: (id) => exchange.object('GET', `${base}/${id}`),
    log: (id, from) => exchange.object('GET', `${base}/${id}/log?from=${from}`),
    cancel: (id) => exchange.object('POST', `${base}/${id}/cancel`, {}),
  };
}
