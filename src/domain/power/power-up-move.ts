import type { Outcome } from '../boot/boot-event.ts';
import type { BmcFailure } from './bmc-error.ts';
import {
  NETBOOT_WAYS,
  type NetbootWay,
  type NetbootWayName,
  POWER_UP_FAILURES,
  type PowerUp,
  type PowerUpFailure,
  type PowerUpStep,
  type WaySeen,
} from './power-up.ts';

/** One thing that was seen while a machine is brought up. */
export type PowerUpSeen =
  /** The step has had its effect; `note` is what the BMC said beside it. */
  | { readonly kind: 'done'; readonly note?: string }
  /** It has not, and trying again was of no use. */
  | { readonly kind: 'not-done'; readonly failure: BmcFailure | 'interrupted'; readonly detail: string }
  /** Its firmware was heard: it boots from the network. */
  | { readonly kind: 'netbooted' }
  /** An operating system of it was heard. */
  | { readonly kind: 'disk-booted' }
  | { readonly kind: 'time' }
  /** The install is over, by whatever way. */
  | { readonly kind: 'over'; readonly why: string };

/** What becomes of it: `powerUp` is written before anything else happens. */
export interface PowerUpMove {
  readonly powerUp: PowerUp;
  readonly events: readonly { readonly outcome: Outcome; readonly message: string }[];
  /** Why the install has failed; null: it has not. */
  readonly failed: string | null;
}

/**
 * Firmware that asks for an address before it boots is heard as an operating system might be, so that the way is not given
 * up at once.
 */
const AFTER_DISK_MS = 60_000;

/** The first step. A machine that is on was allowed to be interrupted by its owner. */
export function beginPowerUp(
  ways: readonly NetbootWayName[],
  start: { readonly isOn: boolean; readonly timeoutSeconds: number; readonly doubt?: string | undefined },
  nowMs: number,
): PowerUp {
  const { isOn, timeoutSeconds, doubt } = start;
  const blank = {
    ways,
    doubt,
    at: 0,
    deadline: null,
    job: null,
    isSet: false,
    canSet: true,
    seen: [],
    outcome: null,
  };
  const since = timeText(nowMs);
  return enter(
    { ...blank, timeoutSeconds, since, step: 'off' },
    isOn ? 'off' : afterOff({ ways, at: 0 }),
    nowMs,
  );
}

/** What the record becomes by what was seen; null where nothing changes. Pure: the whole ladder is here. */
export function movePowerUp(powerUp: PowerUp, seen: PowerUpSeen, nowMs: number): PowerUpMove | null {
  if (powerUp.step === 'done') return null;
  if (powerUp.step === 'clear') return afterClear(powerUp, seen, nowMs);
  switch (seen.kind) {
    case 'netbooted':
      return finish(powerUp, 'netbooted', nowMs, [
        { outcome: 'ok', message: `boots from the network: ${wayOf(powerUp).says}` },
      ]);
    case 'over':
      return finish(powerUp, 'stopped', nowMs, [
        { outcome: 'ok', message: `no more is done about its power: ${seen.why}` },
      ]);
    case 'done':
      return stepDone(powerUp, seen.note, nowMs);
    case 'not-done':
      return stepNotDone(powerUp, seen, nowMs);
    case 'disk-booted':
      return diskBooted(powerUp, nowMs);
    case 'time':
      return timePassed(powerUp, nowMs);
  }
}

function stepDone(powerUp: PowerUp, note: string | undefined, nowMs: number): PowerUpMove | null {
  const about = note === undefined ? '' : ` (${note})`;
  const ok = (message: string) => [{ outcome: 'ok' as const, message: `${message}${about}` }];
  switch (powerUp.step) {
    case 'off':
      return move(enter(powerUp, afterOff(powerUp), nowMs), ok('switched off'));
    case 'boot-device': {
      // Told once: the ways after it are tried because of it.
      const doubt = powerUp.at === 0 && powerUp.doubt !== undefined ? `; ${powerUp.doubt}` : '';
      const message = `boot device set, ${rungOf(powerUp)}: ${wayOf(powerUp).says}${doubt}`;
      return move(enter(powerUp, 'on', nowMs), ok(message));
    }
    case 'on': {
      const deadline = timeText(nowMs + powerUp.timeoutSeconds * 1000);
      const watching = { ...enter(powerUp, 'watch', nowMs), deadline };
      return move(watching, ok(`switched on; its DISCOVER is expected until ${deadline}`));
    }
    default:
      return null;
  }
}

function stepNotDone(
  powerUp: PowerUp,
  { failure, detail }: Extract<PowerUpSeen, { kind: 'not-done' }>,
  nowMs: number,
): PowerUpMove | null {
  if (powerUp.step === 'watch') return null;
  const { says, by } = wayOf(powerUp);
  if (powerUp.step !== 'boot-device') return fail(powerUp, 'bmc-failed', nowMs, detail);
  // Another driver is only tried: that it is not there says nothing about the machine.
  if (by !== 'own' || failure === 'refused' || failure === 'malformed')
    return climb(powerUp, 'refused', `${says}: ${detail}`, nowMs);
  if (failure !== 'unsupported') return fail(powerUp, 'bmc-failed', nowMs, detail);
  const without: PowerUp = { ...powerUp, isSet: false, canSet: false };
  const message = `${detail}; it is switched on by ${NETBOOT_WAYS['own-order'].says}`;
  return move(enter(without, 'on', nowMs), [{ outcome: 'warning', message }]);
}

function diskBooted(powerUp: PowerUp, nowMs: number): PowerUpMove | null {
  if (powerUp.step !== 'watch' || powerUp.seen[powerUp.at] === 'disk') return null;
  const deadlineMs = Math.min(deadlineOf(powerUp), nowMs + AFTER_DISK_MS);
  const seen: WaySeen[] = [...powerUp.seen.slice(0, powerUp.at), 'disk'];
  const message = `an operating system asked for an address; its firmware is waited for until ${timeText(deadlineMs)}`;
  return move({ ...powerUp, seen, deadline: timeText(deadlineMs) }, [{ outcome: 'warning', message }]);
}

function timePassed(powerUp: PowerUp, nowMs: number): PowerUpMove | null {
  if (powerUp.step !== 'watch' || nowMs < deadlineOf(powerUp)) return null;
  const seen = powerUp.seen[powerUp.at] ?? 'nothing';
  const why =
    seen === 'disk'
      ? 'the machine booted its disk'
      : `nothing was heard of it in ${powerUp.timeoutSeconds} s`;
  return climb(powerUp, seen, `${wayOf(powerUp).says}: ${why}`, nowMs);
}

/** The next way, or the end. Every way begins with the machine off: a flag that is set while it runs may time out. */
function climb(powerUp: PowerUp, seen: WaySeen, why: string, nowMs: number): PowerUpMove {
  const tried: PowerUp = { ...powerUp, seen: [...powerUp.seen.slice(0, powerUp.at), seen] };
  const at = tried.ways.findIndex(
    (name, index) => index > tried.at && (tried.canSet || NETBOOT_WAYS[name].by !== 'own'),
  );
  const events = [{ outcome: 'warning' as const, message: why }];
  if (at === -1) {
    const failed = fail(tried, causeOf(tried), nowMs, triedText(tried));
    return { ...failed, events: [...events, ...failed.events] };
  }
  // Ways that were passed over were refused like the one before them.
  const passed = Array<WaySeen>(at - tried.at - 1).fill('refused');
  return move(
    enter({ ...tried, at, seen: [...tried.seen, ...passed], deadline: null }, 'off', nowMs),
    events,
  );
}

function causeOf({ seen, canSet }: PowerUp): PowerUpFailure {
  if (!canSet || seen.every((one) => one === 'refused')) return 'no-boot-device';
  return seen.includes('disk') ? 'booted-disk' : 'nothing-heard';
}

const SEEN_WORDS: Readonly<Record<WaySeen, string>> = {
  nothing: 'nothing heard',
  disk: 'an operating system heard',
  refused: 'refused',
};

/** `tried PXE once, with the UEFI flag: nothing heard; …`. */
function triedText({ ways, seen }: PowerUp): string {
  const tried = seen.map((one, at) => `${wayOf({ ways, at }).says}: ${SEEN_WORDS[one]}`);
  return `tried ${tried.join('; ')}`;
}

function fail(powerUp: PowerUp, failure: PowerUpFailure, nowMs: number, detail: string): PowerUpMove {
  const { says, look } = POWER_UP_FAILURES[failure];
  const reason = `${failure}: ${says} (${detail}); ${look}`;
  return { ...finish(powerUp, failure, nowMs, [{ outcome: 'error', message: reason }]), failed: reason };
}

/** A boot device that has done its work once is gone by itself; every other one is taken away. */
function finish(
  powerUp: PowerUp,
  outcome: NonNullable<PowerUp['outcome']>,
  nowMs: number,
  events: PowerUpMove['events'],
): PowerUpMove {
  const isUsedUp = outcome === 'netbooted' && wayOf(powerUp).override?.persistent !== true;
  const step = powerUp.isSet && !isUsedUp ? 'clear' : 'done';
  return move(enter({ ...powerUp, outcome, deadline: null }, step, nowMs), events);
}

function afterClear(powerUp: PowerUp, seen: PowerUpSeen, nowMs: number): PowerUpMove | null {
  if (seen.kind !== 'done' && seen.kind !== 'not-done') return null;
  const gone = enter({ ...powerUp, isSet: false }, 'done', nowMs);
  if (seen.kind === 'done') return move(gone, [{ outcome: 'ok', message: 'the boot device is taken away' }]);
  const message = `the boot device could not be taken away: ${seen.detail}; the machine may go on to boot from the network`;
  return move(gone, [{ outcome: 'warning', message }]);
}

function afterOff({ ways, at }: Pick<PowerUp, 'ways' | 'at'>): PowerUpStep {
  return wayOf({ ways, at }).override === null ? 'on' : 'boot-device';
}

/** What is about to be set counts as set: after a crash nobody knows. */
function enter(powerUp: PowerUp, step: PowerUpStep, nowMs: number): PowerUp {
  const isSet = powerUp.isSet || step === 'boot-device';
  return { ...powerUp, step, since: timeText(nowMs), job: null, isSet };
}

function move(powerUp: PowerUp, events: PowerUpMove['events']): PowerUpMove {
  return { powerUp, events, failed: null };
}

function wayOf({ ways, at }: Pick<PowerUp, 'ways' | 'at'>): NetbootWay {
  return NETBOOT_WAYS[ways[at] ?? 'own-order'];
}

/** `way 2 of 4`. */
function rungOf({ ways, at }: PowerUp): string {
  return `way ${at + 1} of ${ways.length}`;
}

function deadlineOf({ deadline }: PowerUp): number {
  return deadline === null ? Number.POSITIVE_INFINITY : Date.parse(deadline);
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
