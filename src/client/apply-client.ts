import type { ApplyAnswer, RecordsDocument } from '../domain/records/apply.ts';
import type { Exchange } from './exchange.ts';

export interface ApplyOptions {
  /** `all` (default): everything or nothing. `each`: what can be applied is, and refusals are results. */
  readonly mode?: 'all' | 'each';
  /** Removes what the document does not name, of the kinds that it names. */
  readonly remove?: boolean;
  /** Says what would be done, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface ApplyClient {
  /**
   * Makes the records what a document says. In mode `all` a refusal is an ApiError whose problem has the `results` of all
   * items.
   */
  apply(records: RecordsDocument, options?: ApplyOptions): Promise<ApplyAnswer>;
  /** Every record as a document that makes them again; without secrets. */
  export(): Promise<RecordsDocument>;
}

/** Thousands of records in one transaction take their time. */
const APPLY_TIMEOUT_MS = 10 * 60_000;

export function applyClient(exchange: Exchange): ApplyClient {
  return {
    apply: (records, { dryRun = false, ...more } = {}) => {
      const path = `/api/v1/apply${dryRun ? '?dryRun=1' : ''}`;
      return exchange.object('POST', path, { records, ...more }, {}, APPLY_TIMEOUT_MS);
    },
    export: () => exchange.object('GET', '/api/v1/export'),
  };
}
