import type { InstallState } from '../domain/install/install.ts';
import type { Delivery, DeliveryOutcome, DeliveryState } from '../domain/notification.ts';
import type { Exchange, Items } from './exchange.ts';

export interface NotificationQuery {
  readonly state?: DeliveryState;
  readonly endpoint?: string;
  readonly limit?: number;
}

/** Which dead notifications are meant: exactly one of these. */
export type DeadSelection = { readonly id: number } | { readonly endpoint: string } | { readonly all: true };

export interface NotificationClient {
  /** Newest first. */
  list(query?: NotificationQuery): Promise<Items<Delivery>>;
  endpoints(): Promise<Items<{ readonly name: string; readonly states: readonly InstallState[] }>>;
  /** Tries dead ones again. */
  retry(selection: DeadSelection): Promise<{ readonly count: number }>;
  /** Removes dead ones. */
  discard(selection: DeadSelection): Promise<{ readonly count: number }>;
  /** Sends one now. */
  test(endpoint: string): Promise<DeliveryOutcome>;
}

export function notificationClient(exchange: Exchange): NotificationClient {
  const base = '/api/v1/notifications';
  return {
    list: (query = {}) => {
      const named = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(Object.fromEntries(named.map(([key, value]) => [key, String(value)])));
      return exchange.list(`${base}${text.size === 0 ? '' : `?${text}`}`);
    },
    endpoints: () => exchange.list(`${base}/endpoints`),
    retry: (selection) => exchange.object('POST', `${base}/retry`, selection),
    discard: (selection) => exchange.object('POST', `${base}/discard`, selection),
    test: (endpoint) => exchange.object('POST', `${base}/test`, { endpoint }),
  };
}
