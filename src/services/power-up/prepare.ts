import { firmwareDoubt } from '../../domain/boot/chosen-firmware.ts';
import type { DomainError } from '../../domain/errors.ts';
import type { InstallInput } from '../../domain/install/install-input.ts';
import { BMC_FAILURES, BmcError } from '../../domain/power/bmc-error.ts';
import { NETBOOT_WAYS, type PowerUp, waysFor } from '../../domain/power/power-up.ts';
import { beginPowerUp } from '../../domain/power/power-up-move.ts';
import type { System } from '../../domain/records/system.ts';
import { notReady } from '../boot/answer-facts.ts';
import type { PowerControl } from './power-control.ts';

/** Whose power it is, and what it was asked to be. */
type Wanted = Pick<InstallInput, 'power' | 'cycle' | 'netbootTimeoutSeconds'>;

/**
 * How a machine will be brought up, decided before its install is armed; null where somebody else switches it on. Asks its
 * BMC, so that one that is out of reach is known now. Throws DomainError 'not-ready'. A machine that is on is somebody's:
 * it is only interrupted where that was asked for.
 */
export async function preparePowerUp(
  system: Pick<System, 'id' | 'name' | 'bmc' | 'effective'>,
  wanted: Wanted,
  edges: {
    readonly control: Pick<PowerControl, 'ask'>;
    readonly nowMs: number;
    readonly timeoutSeconds: number;
  },
): Promise<PowerUp | null> {
  const { id, name, bmc } = system;
  const driver = bmc?.driver ?? null;
  if (!wanted.power || driver === null) {
    if (wanted.cycle) throw notUp(name, wanted.power ? noDriver(name) : CONTRADICTION);
    return null;
  }
  const power = await edges.control.ask(id).catch((error: unknown) => {
    if (error instanceof BmcError) return error;
    throw error;
  });
  if (power instanceof BmcError && power.failure !== 'unsupported') throw notUp(name, problemOf(power, name));
  if (power === 'on' && !wanted.cycle)
    throw notUp(
      name,
      'it is on, and is not interrupted unasked: --cycle switches it off first, --no-power only arms',
    );
  const timeoutSeconds = wanted.netbootTimeoutSeconds ?? edges.timeoutSeconds;
  // Of a power that nobody can be asked for, the owner's word is what there is.
  const isOn = power === 'on' || (power !== 'off' && wanted.cycle);
  const { firmware } = system.effective;
  const ways = waysFor(driver, firmware.from === 'default' ? null : firmware.value);
  const setsDevice = ways.some((way) => NETBOOT_WAYS[way].override !== null);
  const doubt = setsDevice ? firmwareDoubt(firmware, name) : undefined;
  return beginPowerUp(ways, { isOn, timeoutSeconds, doubt }, edges.nowMs);
}

const CONTRADICTION = '--cycle and --no-power contradict each other';

function noDriver(name: string): string {
  return `it has no BMC with power control, so that it cannot be switched off: provision system edit ${name} --bmc … --bmc-user …`;
}

function problemOf({ failure, message, hint }: BmcError, name: string): string {
  return `its BMC ${BMC_FAILURES[failure].says} (${message}): ${hint.replace('NAME', name)}; or --no-power only arms`;
}

function notUp(name: string, message: string): DomainError {
  return notReady(name, [{ path: 'bmc', message }]);
}
