import type { Install, InstallState } from '../../../src/domain/install/install.ts';
import type { KnownPower } from '../../../src/domain/power/power.ts';
import { distanceText } from './text.ts';

/** What a colour means, the same on every page; the word always stands beside it. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm';

export interface Badge {
  readonly tone: Tone;
  readonly text: string;
  /** More to it, beside the badge; null where there is none. */
  readonly note: string | null;
}

const INSTALL_TONES: Readonly<Record<InstallState, Tone>> = {
  queued: 'calm',
  armed: 'busy',
  booting: 'busy',
  loading: 'busy',
  installing: 'busy',
  installed: 'busy',
  configuring: 'busy',
  ready: 'good',
  failed: 'bad',
  expired: 'warn',
  cancelled: 'calm',
};

/** How the last install of a system stands. */
export function installBadge(install: Pick<Install, 'state' | 'stateAt'> | null, nowMs: number): Badge {
  if (install === null) return { tone: 'calm', text: 'never installed', note: null };
  const note = distanceText(install.stateAt, nowMs);
  return { tone: INSTALL_TONES[install.state], text: install.state, note };
}

/** Power as it was when it was last asked for, with its age. */
export function powerBadge(power: KnownPower | null, nowMs: number): Badge {
  if (power === null) return { tone: 'calm', text: 'not known', note: null };
  const age = distanceText(power.checkedAt, nowMs);
  if (power.state !== 'unknown')
    return { tone: power.state === 'on' ? 'good' : 'calm', text: power.state, note: age };
  const last = power.lastKnown;
  const before = last === null ? '' : `; ${last.state} ${distanceText(last.at, nowMs)}`;
  return { tone: 'warn', text: 'no answer', note: `${age}${before}` };
}
