import type { z } from 'zod';
import type { BootEvent } from '../domain/boot/boot-event.ts';
import type { Loader } from '../domain/boot/loader.ts';
import type { Check } from '../domain/check.ts';
import type { Install } from '../domain/install/install.ts';
import type { installInput } from '../domain/install/install-input.ts';
import type { Lease } from '../domain/network/lease.ts';
import type { subnetInput } from '../domain/network/subnet.ts';
import type { SubnetDetails } from '../domain/network/subnet-effective.ts';
import type { Distro, distroInput } from '../domain/records/distro.ts';
import type { Patch } from '../domain/records/fields.ts';
import type { Profile, profileInput } from '../domain/records/profile.ts';
import type { Page } from '../domain/records/record-query.ts';
import type { System, SystemAdd, SystemEdit } from '../domain/records/system.ts';
import { type AccessClient, accessClient } from './access-client.ts';
import { type ApplyClient, applyClient } from './apply-client.ts';
import { type BackupClient, backupClient } from './backup-client.ts';
import { type ConsoleClient, consoleClient } from './console-client.ts';
import { type DiagnosisClient, diagnosisClient } from './diagnosis-client.ts';
import { type EventClient, eventClient } from './event-client.ts';
import { type Exchange, exchangeOver, type Items } from './exchange.ts';
import { type ExplainClient, explainClient } from './explain-client.ts';
import { type HandoffClient, handoffClient } from './handoff-client.ts';
import { type InstallClient, installClient } from './install-client.ts';
import { type InventoryClient, inventoryClient } from './inventory-client.ts';
import { type LockClient, lockClient } from './lock-client.ts';
import { type LogClient, logClient } from './log-client.ts';
import { type NotificationClient, notificationClient } from './notification-client.ts';
import { type PowerClient, powerClient } from './power-client.ts';
import type { OpenStream, Transport } from './transport.ts';

/** The five verbs that every kind of record has. */
export interface RecordClient<Rec, Add, Edit> {
  /** All of them, or those that a query means, however many pages the server makes of them. */
  list(query?: Readonly<Record<string, string>>): Promise<Items<Rec>>;
  /** One page of them; `cursor` in the query is the `next` of the page before. */
  page(query?: Readonly<Record<string, string>>): Promise<Page<Rec>>;
  get(name: string): Promise<Rec>;
  add(input: Add): Promise<Rec>;
  /**
   * Changes the fields that `edit` names. With `revision` (of the record that the edit was made from) the server
   * refuses with `stale-revision` if somebody else has written since.
   */
  update(name: string, edit: Edit, revision?: number): Promise<Rec>;
  remove(name: string): Promise<void>;
}

export type DistroAdd = z.input<typeof distroInput>;
export type DistroEdit = Patch<z.input<typeof distroInput>>;
/** What is left out comes from the shipped profile `from`, or from the one of the same name. */
export type ProfileAdd = Patch<z.input<typeof profileInput>> & {
  readonly name: string;
  readonly from?: string;
};
export type ProfileEdit = Patch<z.input<typeof profileInput>>;
export type SubnetAdd = z.input<typeof subnetInput>;
export type SubnetEdit = Patch<z.input<typeof subnetInput>>;
export type { SystemAdd, SystemEdit };
export type InstallAdd = z.input<typeof installInput>;

export interface SystemClient extends RecordClient<System, SystemAdd, SystemEdit> {
  /** Arms an install. */
  install(name: string, input: InstallAdd): Promise<Install>;
  /** Cancels the open install. */
  cancel(name: string): Promise<Install>;
  /** Boot events in the order in which they happened; `after` is the id of the last one already seen. */
  timeline(name: string, page?: { after?: number; limit?: number }): Promise<Items<BootEvent>>;
}

/** What `loaders install` did about one loader. */
export interface LoaderInstall {
  readonly name: string;
  readonly outcome: string;
  readonly version: string | null;
  readonly source: string | null;
  readonly sha256: string | null;
  readonly remedy: string | null;
}

export interface LoaderClient {
  list(): Promise<Items<Loader>>;
  /** Copies loaders from the packages on the server: those named, or every one that a package has. */
  install(names?: readonly string[]): Promise<Items<LoaderInstall>>;
  /** Gives the server a loader; `file` is the name of its file, for the record. */
  upload(name: string, bytes: Uint8Array, about: { file: string; version?: string }): Promise<Loader>;
  remove(name: string): Promise<void>;
}

export interface ListenerStatus {
  readonly name: string;
  readonly state: string;
  readonly address: string | null;
  readonly reason?: string | null;
  /** What an operator can do about it. */
  readonly remedy?: string | null;
}

export interface ServerStatus {
  readonly version: string;
  /** Fingerprint of what the listener for people shows; null: plain HTTP. */
  readonly certificate?: { readonly sha256: string; readonly isOwn: boolean } | null;
  readonly listeners: readonly ListenerStatus[];
  /** What an operator should know although everything listens. */
  readonly warnings?: readonly string[];
}

/** Who somebody is to the server. */
export interface Whoami {
  readonly name: string;
  readonly kind: string;
  readonly role: string;
  /** Names of system roles; null: every system. */
  readonly scope: readonly string[] | null;
  /** When the token ends, RFC 3339; null or absent: never, or nobody says. */
  readonly expiresAt?: string | null;
}

export interface Client {
  readonly distros: RecordClient<Distro, DistroAdd, DistroEdit>;
  readonly profiles: RecordClient<Profile, ProfileAdd, ProfileEdit>;
  readonly subnets: RecordClient<SubnetDetails, SubnetAdd, SubnetEdit>;
  readonly systems: SystemClient;
  readonly records: ApplyClient;
  readonly installs: InstallClient;
  readonly leases: { list(): Promise<Items<Lease>> };
  readonly loaders: LoaderClient;
  readonly power: PowerClient;
  readonly locks: LockClient;
  readonly consoles: ConsoleClient;
  readonly inventory: InventoryClient;
  readonly events: EventClient;
  readonly diagnosis: DiagnosisClient;
  readonly explain: ExplainClient;
  readonly logs: LogClient;
  readonly handoffs: HandoffClient;
  readonly notifications: NotificationClient;
  readonly access: AccessClient;
  whoami(): Promise<Whoami>;
  readonly backups: BackupClient;
  status(): Promise<ServerStatus>;
  /** Looks at the service and its machine now. */
  doctor(): Promise<Items<Check>>;
  /** Changes the one-time setup token for an API token of its own. */
  setup(input: { readonly token: string; readonly name: string }): Promise<{ readonly token: string }>;
}

/**
 * The REST client. `token` is sent as a bearer token; over the unix socket none is needed. Every method throws
 * `ApiError` when the server refuses, `Unreachable` when there is no answer, and `UnexpectedAnswer` when what
 * answers is not the API. Answers are handed on as they came: a field that this version does not know is kept.
 */
export function createClient(options: {
  readonly request: Transport;
  readonly openStream: OpenStream;
  readonly token?: string | undefined;
}): Client {
  const exchange = exchangeOver(options.request, options.token);
  return {
    distros: recordClient(exchange, 'distros'),
    profiles: recordClient(exchange, 'profiles'),
    subnets: recordClient(exchange, 'subnets'),
    systems: systemClient(exchange),
    records: applyClient(exchange),
    installs: installClient(exchange),
    leases: { list: () => exchange.list('/api/v1/leases') },
    loaders: loaderClient(exchange),
    power: powerClient(exchange),
    notifications: notificationClient(exchange),
    access: accessClient(exchange),
    locks: lockClient(exchange),
    consoles: consoleClient(exchange, options.openStream, options.token),
    inventory: inventoryClient(exchange),
    diagnosis: diagnosisClient(exchange),
    explain: explainClient(exchange),
    events: eventClient(options.openStream, options.token),
    logs: logClient(exchange),
    handoffs: handoffClient(exchange),
    whoami: () => exchange.object('GET', '/api/v1/whoami'),
    backups: backupClient(options.openStream, options.token),
    status: () => exchange.object('GET', '/api/v1/status'),
    doctor: () => exchange.list('/api/v1/doctor'),
    setup: (input) => exchange.object('POST', '/api/v1/setup', input),
  };
}

function recordClient<Rec, Add, Edit>(exchange: Exchange, noun: string): RecordClient<Rec, Add, Edit> {
  const base = `/api/v1/${noun}`;
  const one = (name: string): string => `${base}/${encodeURIComponent(name)}`;
  const page = async (query: Readonly<Record<string, string>> = {}): Promise<Page<Rec>> => {
    const text = String(new URLSearchParams(query));
    const list = await exchange.list<Rec>(text === '' ? base : `${base}?${text}`);
    return { next: null, total: list.items.length, ...list };
  };
  return {
    list: (query) => listAll(page, query),
    page,
    get: (name) => exchange.object<Rec>('GET', one(name)),
    add: (input) => exchange.object<Rec>('POST', base, input),
    update: (name, edit, revision) =>
      exchange.object<Rec>(
        'PATCH',
        one(name),
        edit,
        revision === undefined ? {} : { 'if-match': `"${revision}"` },
      ),
    remove: (name) => exchange.nothing('DELETE', one(name)),
  };
}

/** Follows `next` to the last page, so that nothing is cut. */
async function listAll<Rec>(
  page: (query: Readonly<Record<string, string>>) => Promise<Page<Rec>>,
  query: Readonly<Record<string, string>> = {},
): Promise<Items<Rec>> {
  const items: Rec[] = [];
  let cursor: Record<string, string> = {};
  for (;;) {
    const { items: some, next } = await page({ ...query, ...cursor });
    items.push(...some);
    if (next === null) return { items };
    cursor = { cursor: next };
  }
}

function loaderClient(exchange: Exchange): LoaderClient {
  const base = '/api/v1/loaders';
  const one = (name: string): string => `${base}/${encodeURIComponent(name)}`;
  return {
    list: () => exchange.list(base),
    install: (names) => exchange.object('POST', `${base}/install`, names === undefined ? {} : { names }),
    upload: (name, bytes, about) =>
      exchange.upload(`${one(name)}?${new URLSearchParams({ ...about })}`, bytes),
    remove: (name) => exchange.nothing('DELETE', one(name)),
  };
}

function systemClient(exchange: Exchange): SystemClient {
  const one = (name: string): string => `/api/v1/systems/${encodeURIComponent(name)}`;
  return {
    ...recordClient<System, SystemAdd, SystemEdit>(exchange, 'systems'),
    install: (name, input) => exchange.object('POST', `${one(name)}/install`, input),
    cancel: (name) => exchange.object('POST', `${one(name)}/cancel`, {}),
    timeline: (name, page = {}) => {
      const query = new URLSearchParams();
      if (page.after !== undefined) query.set('after', String(page.after));
      if (page.limit !== undefined) query.set('limit', String(page.limit));
      const suffix = query.size === 0 ? '' : `?${query}`;
      return exchange.list(`${one(name)}/timeline${suffix}`);
    },
  };
}
