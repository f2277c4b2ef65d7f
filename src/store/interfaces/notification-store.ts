import type { Delivery, DeliveryChange, DeliveryState, Notice } from '../../domain/notification.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly endpoint?: string | undefined;
}

/** Notices on their way, and how far each endpoint has been told. */
export interface NotificationStore {
  /** Id of the newest change of state; 0 where there is none. */
  newestChange(): Promise<number>;
  /** Changes of state after this one, oldest first. */
  listChanges(afterId: number, limit: number): Promise<Notice[]>;
  /** Id of the last change that the endpoint was given; undefined for one that is new. */
  findCursor(endpoint: string): Promise<number | undefined>;
  setCursor(endpoint: string, changeId: number): Promise<void>;
  removeCursor(endpoint: string): Promise<void>;
  add(endpoint: string, notice: Notice, nowMs: number): Promise<void>;
  find(id: number): Promise<Delivery | undefined>;
  /** Newest first. */
  list(filter: DeliveryFilter, limit: number): Promise<Delivery[]>;
  /** Deliveries of an endpoint whose time it is, oldest first. */
  listDue(endpoint: string, nowMs: number, limit: number): Promise<Delivery[]>;
  count(): Promise<
    readonly { readonly endpoint: string; readonly state: DeliveryState; readonly count: number }[]
  >;
  update(id: number, change: DeliveryChange, nowMs: number): Promise<void>;
  /** Names of all endpoints that were ever given a change, and not removed since. */
  listEndpoints(): Promise<string[]>;
  /** Gives up what waits for an endpoint. */
  giveUp(endpoint: string, problem: string, nowMs: number): Promise<number>;
  /** Makes dead deliveries wait again, with all their tries; returns how many. */
  revive(filter: { readonly id?: number; readonly endpoint?: string }, nowMs: number): Promise<number>;
  /** Removes dead deliveries. */
  discard(filter: { readonly id?: number; readonly endpoint?: string }): Promise<number>;
  /** Removes what was delivered, or died, before. */
  prune(deliveredBeforeMs: number, deadBeforeMs: number): Promise<number>;
}
