import type { Install, InstallState } from '../../../src/domain/install/install.ts';
import { isLive } from '../../../src/domain/install/install-state.ts';
import type { Job } from '../../../src/domain/power/job.ts';
import { printable } from '../../../src/domain/printable.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { factsOf } from '../../../src/services/installs/installs.ts';
import { type Badge, installBadge, powerBadge, type Tone } from './badges.ts';
import { distanceText, timeText } from './text.ts';

export interface HeadModel {
  readonly name: string;
  readonly install: Badge;
  readonly power: Badge | null;
  readonly lock: { readonly reason: string; readonly by: string; readonly at: string } | null;
  readonly inService: string | null;
  /** Why the last install is not what was asked for. */
  readonly ended: { readonly tone: Tone; readonly says: string; readonly hint: string | null } | null;
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
    ended: endedOf(install),
    job: job === undefined ? null : `power ${job.action}: ${printable(job.message)}`,
  };
}

/** How an install is over that did not come to its end, and in which tone that is said. */
const ENDS: Readonly<Partial<Record<InstallState, { readonly tone: Tone; readonly says: string }>>> = {
  failed: { tone: 'bad', says: 'The install failed' },
  expired: { tone: 'warn', says: 'The install expired' },
  cancelled: { tone: 'calm', says: 'The install was cancelled' },
};

function endedOf(install: Install | null): HeadModel['ended'] {
  if (install?.reason == null) return null;
  const { tone, says } = ENDS[install.state] ?? {
    tone: 'busy' as const,
    says: `The install is ${install.state}`,
  };
  const hint = install.hint === null ? null : printable(install.hint);
  return { tone, says: `${says}: ${printable(install.reason)}`, hint };
}

/** What was asked for just now and was refused: the button's path, and its form. */
export interface RefusedAsk {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

export interface ActionsModel {
  /** The form of an install, with what was ticked in one that was refused; null where it cannot be installed now. */
  readonly install: InstallForm | null;
  readonly canCancel: boolean;
  readonly hasPower: boolean;
  readonly isLocked: boolean;
  readonly isInService: boolean;
  /** The form to lock it is shown. */
  readonly isLocking: boolean;
  /** What was given as the reason of a lock that was refused. */
  readonly lockReason: string;
}

export interface InstallForm {
  readonly isOpen: boolean;
  /** There was one before. */
  readonly isAgain: boolean;
  readonly attempts: string;
  readonly power: boolean;
  readonly cycle: boolean;
  readonly allowAddressInUse: boolean;
}

/** What can be done with it now. */
export function actionsModel(
  { install, bmc, lock, inService }: System,
  nowMs: number,
  refused?: RefusedAsk,
): ActionsModel {
  const live = install !== null && isLive(factsOf(install), nowMs);
  return {
    install: live || lock !== null ? null : installForm(install !== null, askedFor('install', refused)),
    canCancel: live,
    hasPower: bmc?.driver != null,
    isLocked: lock !== null,
    isInService: inService !== null,
    isLocking: askedFor('lock', refused) !== null,
    lockReason: askedFor('lock', refused)?.['reason'] ?? '',
  };
}

function askedFor(path: string, refused: RefusedAsk | undefined): RefusedAsk['form'] | null {
  return refused?.path === path ? refused.form : null;
}

function installForm(isAgain: boolean, form: RefusedAsk['form'] | null): InstallForm {
  const isTicked = (name: string) => form?.[name] === 'on';
  return {
    isOpen: form !== null,
    isAgain,
    attempts: form?.['attempts'] ?? '1',
    power: form === null || isTicked('power'),
    cycle: isTicked('cycle'),
    allowAddressInUse: isTicked('allowAddressInUse'),
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
