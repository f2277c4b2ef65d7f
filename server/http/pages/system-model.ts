import type { BootEvent } from '../../../src/domain/boot-event.ts';
import type { ChosenFirmware } from '../../../src/domain/chosen-firmware.ts';
import type { DiagnosedStage, Diagnosis } from '../../../src/domain/diagnosis.ts';
import type { Effective } from '../../../src/domain/effective.ts';
import { isLive } from '../../../src/domain/install-state.ts';
import type { Job } from '../../../src/domain/job.ts';
import { printable, printableLine } from '../../../src/domain/printable.ts';
import type { System } from '../../../src/domain/system.ts';
import { factsOf } from '../../../src/services/installs.ts';
import { type Badge, installBadge, powerBadge, type Tone } from './badges.ts';
import { distanceText, lengthText, timeText } from './text.ts';

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
      isLate || isOver ? `Missing: ${printable(says)}` : `Next: ${printable(says)} (waited for ${waited})`,
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

export interface ValueRow {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

/** What the machine really gets, and the record that says so. */
export function effectiveRows(
  { effective: boot }: System,
  { settings, sources, kernelArgs }: Effective,
): ValueRow[] {
  const chosen = [
    ['loader', boot.loader],
    ['to its disk by', boot.localBoot],
    ['hand-off', boot.handoff],
  ] as const;
  return [
    ...chosen.map(([name, { value, from }]) => ({ name, value: String(value), from })),
    firmwareRow(boot.firmware),
    ...(kernelArgs.length === 0
      ? []
      : [{ name: 'kernel arguments', value: kernelArgs.join(' '), from: 'distro, profile, system' }]),
    ...Object.entries(settings).map(([name, value]) => ({
      name,
      value: settingText(value),
      from: sources[name] ?? 'default',
    })),
  ];
}

function firmwareRow({ value, from, heard }: ChosenFirmware): ValueRow {
  const own: Readonly<Record<ChosenFirmware['from'], string>> = {
    system: heard === null || heard.firmware === value ? 'system' : `system; heard: ${heard.firmware}`,
    heard: `heard since ${timeText(heard?.at ?? '')}`,
    loader: 'its loader; not heard yet',
    default: 'default; not heard yet',
  };
  return { name: 'firmware', value, from: own[from] };
}

function settingText(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => shortKey(String(item))).join(', ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, text]) => `${name}=${String(text)}`)
      .join(', ');
  return String(value);
}

/** A public key by its kind and comment: nobody reads the rest. */
function shortKey(text: string): string {
  const [kind = '', key = '', ...comment] = text.split(' ');
  return key.length > 40 ? `${kind} …${key.slice(-8)} ${comment.join(' ')}`.trim() : text;
}

export interface HeadModel {
  readonly name: string;
  readonly install: Badge;
  readonly power: Badge | null;
  readonly lock: { readonly reason: string; readonly by: string; readonly at: string } | null;
  readonly inService: string | null;
  readonly failure: string | null;
  readonly job: string | null;
}

/** What stands at the top. */
export function headModel(system: System, jobs: readonly Job[], nowMs: number): HeadModel {
  const { name, install, power, bmc, lock, inService } = system;
  const [job] = jobs;
  return {
    name,
    install: installBadge(install, nowMs),
    power: power === null && bmc?.driver == null ? null : powerBadge(power, nowMs),
    lock: lock && { ...lock, at: timeText(lock.at) },
    inService: inService === null ? null : `in service since ${timeText(inService)}`,
    failure:
      install?.reason == null ? null : printable([install.reason, install.hint].filter(Boolean).join(' · ')),
    job: job === undefined ? null : `power ${job.action}: ${printable(job.message)}`,
  };
}

export interface ActionsModel {
  readonly canInstall: boolean;
  readonly canCancel: boolean;
  readonly hasPower: boolean;
  readonly isLocked: boolean;
  readonly isInService: boolean;
}

/** What can be done with it now. */
export function actionsModel({ install, bmc, lock, inService }: System, nowMs: number): ActionsModel {
  const live = install !== null && isLive(factsOf(install), nowMs);
  return {
    canInstall: !live && lock === null,
    canCancel: live,
    hasPower: bmc?.driver != null,
    isLocked: lock !== null,
    isInService: inService !== null,
  };
}

/** Facts of the record, as pairs. */
export function recordFacts(system: System, nowMs: number): readonly (readonly [string, string])[] {
  const { hostname, profile, roles, comment, bmc, updatedAt, secretsSet, install } = system;
  const bmcText =
    bmc === null
      ? null
      : [bmc.driver ?? 'no power control', bmc.address, bmc.user].filter(Boolean).join(' · ');
  const installText =
    install === null
      ? null
      : `${install.attemptsUsed} of ${install.attempts} attempts used, armed by ${install.armedBy} ${distanceText(install.armedAt, nowMs)}`;
  const all: (readonly [string, string | null])[] = [
    ['host name', hostname],
    ['profile', profile],
    ['roles', roles.join(', ')],
    ['BMC', bmcText],
    ['secrets set', secretsSet.join(', ')],
    ['comment', comment],
    ['last install', installText],
    ['changed', distanceText(updatedAt, nowMs)],
  ];
  return all.filter((pair): pair is readonly [string, string] => pair[1] !== null && pair[1] !== '');
}
