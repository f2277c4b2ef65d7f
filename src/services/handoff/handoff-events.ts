import type { NewBootEvent, Outcome, Stage } from '../../domain/boot/boot-event.ts';
import type { StoredHandoff } from '../../store/interfaces/handoff-store.ts';
import type { HandoffStep } from './decide-handoff.ts';

/** One line of the machine's timeline. */
export function handoffEvent(
  { systemId, handoff }: StoredHandoff,
  stage: Extract<Stage, 'ssh' | 'handoff'>,
  outcome: Outcome,
  message: string,
): NewBootEvent {
  const { id, install, definition, failure, changed } = handoff;
  const data = { handoff: id, definition, failure, changed };
  return {
    systemId,
    mac: null,
    installId: install,
    stage,
    outcome,
    message: `${definition}: ${message}`,
    data,
  };
}

/** What the timeline says of a step; nothing of one that only waits on. */
export function eventOfStep(
  before: StoredHandoff,
  after: StoredHandoff,
  step: HandoffStep,
): NewBootEvent | undefined {
  const { state, message, failure } = after.handoff;
  const wasAsking = before.handoff.state === 'awaiting-ssh';
  const isInterrupted = after.handoff.interruptions > before.handoff.interruptions;
  if (isInterrupted) return handoffEvent(after, 'handoff', 'warning', message);
  if (state === before.handoff.state) return undefined;
  if (state === 'failed') return handoffEvent(after, wasAsking ? 'ssh' : 'handoff', 'error', message);
  if (state === 'awaiting-ssh') return handoffEvent(after, 'ssh', 'ok', message);
  if (state === 'waiting' && step.do === 'rest' && failure !== null)
    return handoffEvent(after, 'handoff', 'warning', message);
  if (state === 'waiting') return wasAsking ? handoffEvent(after, 'ssh', 'ok', message) : undefined;
  return handoffEvent(after, 'handoff', 'ok', message);
}
