import type { PowerUp } from '../../src/domain/power/power-up.ts';
import { beginPowerUp } from '../../src/domain/power/power-up-move.ts';
import { NOW_MS } from './store-records.ts';

/** A machine that its BMC brings up; off as yet. */
export function powerUpRecord(isOn = false): PowerUp {
  return beginPowerUp(['uefi-once', 'legacy-once'], { isOn, timeoutSeconds: 300 }, NOW_MS);
}
