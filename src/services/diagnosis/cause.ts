import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type { EvidenceLine, RouteStageName } from '../../domain/install/diagnosis.ts';
import type { Evidence } from './evidence.ts';

/**
 * Why a stage was not reached, when that is so. The first row of a stage that fits counts, so that what is certain comes
 * before what is likely, and the last row of each fits always.
 */
export interface CauseRow {
  readonly id: string;
  /** The stages that it may keep from being reached. */
  readonly at: readonly RouteStageName[];
  /** The events that say so, none where other facts do; undefined: it is not so. */
  readonly when: (evidence: Evidence) => readonly BootEvent[] | undefined;
  readonly says: (evidence: Evidence, found: readonly BootEvent[]) => string;
  /** What to do next. */
  readonly hint: (evidence: Evidence, found: readonly BootEvent[]) => string;
  /** What else was seen that belongs to it. */
  readonly evidence?: (evidence: Evidence) => readonly EvidenceLine[];
}

/** It is so if there are any. */
export function some(events: readonly BootEvent[]): readonly BootEvent[] | undefined {
  return events.length === 0 ? undefined : events;
}

/** It is so, and no event says it. */
export function given(isSo: boolean): readonly BootEvent[] | undefined {
  return isSo ? [] : undefined;
}

export const always = (): readonly BootEvent[] => [];

export const failed = (events: readonly BootEvent[]): BootEvent[] =>
  events.filter(({ outcome }) => outcome !== 'ok');

/** What the last of these events says. */
export function lastMessage(_evidence: Evidence, found: readonly BootEvent[]): string {
  return found.at(-1)?.message ?? '';
}

export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
