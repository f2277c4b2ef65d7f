import type { PowerUps } from '../../src/services/installs/installs.ts';

/** Where nobody switches machines on. */
export const NO_POWER_UPS: PowerUps = {
  prepare: async () => null,
  follow: () => {},
  stop: async () => {},
  giveWay: async () => {},
};
