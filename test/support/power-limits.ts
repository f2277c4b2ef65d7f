import type { PowerLimits } from '../../src/services/power/power-deps.ts';

/** As the configuration has them unless it says otherwise. */
export const POWER_LIMITS: PowerLimits = {
  gapMs: 1_000,
  maxSessions: 512,
  sessionMs: 30_000,
  pollMs: 5_000,
  tries: 4,
  timeoutSeconds: 300,
};
