import type { Diagnosis } from '../domain/install/diagnosis.ts';
import type { Exchange } from './exchange.ts';

export interface DiagnosisClient {
  /** Where the last install of a system is, and what is missing. */
  get(system: string): Promise<Diagnosis>;
}

export function diagnosisClient(exchange: Exchange): DiagnosisClient {
  return {
    get: (system) => exchange.object('GET', `/api/v1/systems/${encodeURIComponent(system)}/diagnosis`),
  };
}
