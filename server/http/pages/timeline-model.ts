import type { BootEvent } from '../../../src/domain/boot/boot-event.ts';
import type { DiagnosedStage, Diagnosis } from '../../../src/domain/install/diagnosis.ts';
import { printable, printableLine } from '../../../src/domain/printable.ts';
import type { Tone } from './badges.ts';
import { lengthText, timeText } from './text.ts';

/** Events shown of a machine; all of them: the command. */
export const TIMELINE_SHOWN = 150;

export interface EventRow {
  readonly at: string;
  readonly stage: string;
  readonly tone: Tone;
  readonly outcome: string;
  readonly message: string;
  /** An install has come to another state. */
  readonly isTurn: boolean;
  /** The end of the installer's log, which a failure carries. */
  readonly lines: string | null;
}

const OUTCOME_TONES: Readonly<Record<BootEvent['outcome'], Tone>> = {
  ok: 'good',
  warning: 'warn',
  error: 'bad',
};

/** Events newest first. Words of machines are made harmless to the eye; the view makes them harmless as text. */
export function timelineRows(events: readonly BootEvent[]): EventRow[] {
  return events
    .slice(-TIMELINE_SHOWN)
    .reverse()
    .map(({ at, stage, outcome, message, data }) => ({
      at: timeText(at),
      stage,
      tone: OUTCOME_TONES[outcome],
      outcome,
      message: printable(message),
      isTurn: stage === 'state',
      lines:
        typeof data['lastLines'] === 'string'
          ? data['lastLines'].split('\n').map(printableLine).join('\n')
          : null,
    }));
}

export interface Alert {
  readonly tone: Tone;
  readonly title: string;
  readonly cause: string | null;
  readonly hint: string | null;
  readonly evidence: readonly string[];
}

/** What is missing, on top of the page; null where nothing is. */
export function diagnosisAlert({ missing, install }: Diagnosis): Alert | null {
  if (missing === null || install === null) return null;
  const { says, waitedSeconds, isLate, cause, evidence } = missing;
  const waited = lengthText(waitedSeconds);
  const isOver = install.state === 'failed' || install.state === 'expired';
  return {
    tone: isLate || isOver ? 'bad' : 'busy',
    title:
      isLate || isOver
        ? `Missing: “${printable(says)}”`
        : `Waiting for “${printable(says)}”, for ${waited} so far`,
    cause:
      isLate || isOver
        ? `Likeliest cause: ${printable(cause.says)}`
        : `If it does not come: ${printable(cause.says)}`,
    hint: printable(cause.hint),
    evidence: evidence.map(
      ({ at, says: seen }) => `${at === null ? '' : `${timeText(at)}  `}${printable(seen)}`,
    ),
  };
}

export interface StageRow {
  readonly says: string;
  readonly state: DiagnosedStage['state'];
  readonly tone: Tone;
  /** A word for the state, for those who do not see the mark. */
  readonly word: string;
  readonly time: string;
}

const STAGE_LOOKS: Readonly<Record<DiagnosedStage['state'], { tone: Tone; word: string }>> = {
  reached: { tone: 'good', word: 'reached' },
  passed: { tone: 'calm', word: 'not seen' },
  missing: { tone: 'busy', word: 'not yet' },
  ahead: { tone: 'calm', word: 'ahead' },
};

/** The way of the machine, stage by stage. */
export function stageRows({ stages, missing }: Diagnosis): StageRow[] {
  return stages.map(({ says, state, reachedAt, tookSeconds }) => {
    const look = STAGE_LOOKS[state];
    const tone = state === 'missing' && missing?.isLate === true ? 'bad' : look.tone;
    const took = tookSeconds === null ? '' : ` (+${lengthText(tookSeconds)})`;
    const time = reachedAt === null ? look.word : `${timeText(reachedAt).slice(11)}${took}`;
    return { says: printable(says), state, tone, word: look.word, time };
  });
}
