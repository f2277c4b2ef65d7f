import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type { Install, InstallState } from '../../domain/install/install.ts';
import { isOpen } from '../../domain/install/install-state.ts';
import type { PowerUp } from '../../domain/power/power-up.ts';
import type { PowerUpSeen } from '../../domain/power/power-up-move.ts';
import { type Heard, hearOf } from './heard.ts';

/** What the record of the install says, whatever a step is about to say; undefined: go on. */
export function overruled(install: Install, powerUp: PowerUp, nowMs: number): PowerUpSeen | undefined {
  if (powerUp.step === 'clear') return undefined;
  if (hasBooted(install)) return { kind: 'netbooted' };
  if (isOpenAt(install, nowMs)) return undefined;
  const why =
    install.state === 'armed' ? 'the install has expired' : `the install is over (${install.state})`;
  return { kind: 'over', why };
}

export function isOpenAt({ state, expiresAt }: Install, nowMs: number): boolean {
  return isOpen({ state, expiresAtMs: Date.parse(expiresAt) }, nowMs);
}

const BOOTED: readonly InstallState[] = [
  'booting',
  'loading',
  'installing',
  'installed',
  'configuring',
  'ready',
];

/** Boot scripts are handed out to what has booted from the network only. */
function hasBooted({ scriptsServed, state }: Install): boolean {
  return scriptsServed > 0 || BOOTED.includes(state);
}

/** What was heard of an install before the service was restarted, as its timeline tells. */
export function heardBefore(
  install: Pick<Install, 'id'>,
  powerUp: Pick<PowerUp, 'since'>,
  timeline: readonly BootEvent[],
): Heard | undefined {
  const own = timeline.filter(({ installId }) => installId === install.id);
  if (own.some((event) => hearOf(event) === 'netbooted')) return 'netbooted';
  // An operating system that asked while an earlier way was tried says nothing about this one.
  const lately = own.filter(({ at }) => Date.parse(at) >= Date.parse(powerUp.since));
  return lately.some((event) => hearOf(event) === 'disk-booted') ? 'disk-booted' : undefined;
}
