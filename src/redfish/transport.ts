import type { BmcTarget } from '../domain/power/bmc-driver.ts';

/** One request of Redfish, DSP0266 §7: JSON or nothing. Headers may hold the password or the session's token. */
export interface RedfishRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query on the BMC, beginning with one slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null: no body. */
  readonly body: string | null;
}

export interface RedfishResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/**
 * The way to one BMC. `send` follows no redirect, ends after a time and a size of its own, and throws BmcError where there
 * is no answer: `unreachable`, `timeout`, `certificate`, `malformed`. Nothing of a request's headers is in an error.
 */
export interface RedfishTransport {
  send(request: RedfishRequest, signal: AbortSignal): Promise<RedfishResponse>;
  close(): void;
}

export type ConnectRedfish = (target: BmcTarget) => RedfishTransport;
