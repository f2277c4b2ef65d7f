import type { InstallState } from '../domain/install/install.ts';
import type { Exchange } from './exchange.ts';

/** Which part of which log: the last lines, or what comes from an offset on. */
export interface LogQuery {
  /** Id of an install; absent: the last one. */
  readonly install?: number | undefined;
  readonly name?: string | undefined;
  readonly tail?: number | undefined;
  readonly offset?: number | undefined;
}

/** A part of a log; offsets are bytes of the whole log, also of what is not kept any more. */
export interface InstallLog {
  readonly system: string;
  readonly install: number;
  readonly state: InstallState;
  readonly name: string;
  readonly names: readonly string[];
  readonly text: string;
  readonly from: number;
  readonly next: number;
  readonly total: number;
  /** Bytes before `text` that were asked for and are not kept. */
  readonly leftOutBytes: number;
}

export interface LogClient {
  read(system: string, query?: LogQuery): Promise<InstallLog>;
}

export function logClient(exchange: Exchange): LogClient {
  return {
    read: (system, query = {}) => {
      const params = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) params.set(name, String(value));
      const text = String(params);
      const path = `/api/v1/systems/${encodeURIComponent(system)}/log`;
      return exchange.object('GET', text === '' ? path : `${path}?${text}`);
    },
  };
}
