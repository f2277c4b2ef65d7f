import { type BootEvent, stateOf } from '../timeline.ts';

/** What the lab knows by itself of a run, to judge its timeline by. */
export interface Witness {
  /** What the timeline has said while it happened. */
  readonly followed: readonly BootEvent[];
  /** The state that the install is in. */
  readonly state: string;
  /** How often the machine was switched on and asked the network. */
  readonly boots: number;
  /** How often it may have been given its answer file. */
  readonly answerFiles: number;
}

/** What is wrong with a timeline: events that are missing, doubled or out of order. Empty: it is whole. */
export function judgeStory(events: readonly BootEvent[], witness: Witness): string[] {
  const wrong = [...judgeStates(events, witness.state), ...judgeFollowed(events, witness.followed)];
  const given = events.filter(({ outcome }) => outcome !== 'error');
  const count = (stage: string) => given.filter((event) => event.stage === stage).length;
  const discovers = count('dhcp-discover');
  if (discovers < witness.boots)
    wrong.push(`the machine was switched on ${witness.boots} times, the timeline has ${discovers} DISCOVERs`);
  const answers = count('answer-file');
  if (answers > witness.answerFiles)
    wrong.push(`the answer file was handed out ${answers} times, expected ${witness.answerFiles} at most`);
  return wrong;
}

/** Each state begins where the one before it ended; the last is the one on record. */
function judgeStates(events: readonly BootEvent[], state: string): string[] {
  const wrong: string[] = [];
  let before: string | null = null;
  for (const event of events) {
    const to = stateOf(event);
    if (to === undefined) continue;
    const from = event.data['from'] ?? null;
    if (from !== before)
      wrong.push(`event ${event.id} goes from ${from} to ${to}, but the state before it was ${before}`);
    before = to;
  }
  if (before !== state) wrong.push(`the states end with ${before}, but the install is ${state}`);
  return wrong;
}

function judgeFollowed(events: readonly BootEvent[], followed: readonly BootEvent[]): string[] {
  const wrong: string[] = [];
  const known = new Map(events.map((event) => [event.id, event]));
  if (known.size !== events.length) wrong.push('two events have the same id');
  if (events.some((event, index) => event.id <= (events[index - 1]?.id ?? 0)))
    wrong.push('the events are not in their order');
  for (const { id, stage, message } of followed)
    if (known.get(id)?.message !== message) wrong.push(`event ${id} (${stage}: ${message}) is gone`);
  return wrong;
}
