import type { Generated } from 'kysely';
import type { HandoffState } from '../../domain/handoff/handoff.ts';
import type { HandoffFailure } from '../../domain/handoff/handoff-failure.ts';

/** A run of a hand-off. */
export interface HandoffRow {
  id: Generated<number>;
  batch: string;
  system_id: number;
  install_id: number | null;
  definition: string;
  driver: string;
  is_check: number;
  state: HandoffState;
  state_at: number;
  tries: number;
  interruptions: number;
  requested_by: string;
  created_at: number;
  start_at: number;
  updated_at: number;
  finished_at: number | null;
  failure: HandoffFailure | null;
  message: string;
  changed: number | null;
}
