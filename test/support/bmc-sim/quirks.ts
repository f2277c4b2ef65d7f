import type { BmcOptions } from './options.ts';

/** The quirks of BMCs in the field, by their row (test/support/bmc-rows.ts), as options of a simulated one. */
export const QUIRKS = {
  'B1 suite 3 only': { suites: [3] },
  'B1 suite 17 only': { suites: [17] },
  'B1 neither': { suites: [8] },
  'B2 one proposal': { singleProposal: true },
  'B3 no list of suites': { cipherSuites: 'silent' },
  'B3 a wrong list of suites': { cipherSuites: 'lies' },
  'B4 suite 0 beside others': { suites: [0, 3, 17] },
  'B4 suite 0 alone': { suites: [0] },
  'B5 one session': { sessionSlots: 1 },
  'B6 freezes after a burst': { freeze: { packets: 12, withinMs: 900, forMs: 30_000 } },
  'B7 silent while power changes': { rakpSilentMs: 3_000 },
  'B8 loses the EFI flag': { losesBootFlag: 'efi' },
  'B8 loses the persistent flag': { losesBootFlag: 'persistent' },
  'B10 heeds no EFI flag': { heedsBootFlags: 'legacy' },
  'B10 heeds the EFI flag only': { heedsBootFlags: 'efi' },
  'B11 drops flags after a minute': { ignoresValidBitClearing: true },
  'B12 fails though it is done': { failsThoughDone: 0xff },
  'B15 keeps 16 bytes of a password': { passwordBytes: 16 },
  'B16 slow to go off, and late to say so': { powerOffMs: 35_000, stateLagMs: 10_000 },
  'B18 boot flags cannot be read': { unreadableBootParameters: [5] },
  'B19 denies IPMI 2.0': { deniesIpmi20: true },
  'B19 wants the privilege named': { wantsPrivilegeNamed: true },
} as const satisfies Readonly<Record<string, Partial<BmcOptions>>>;
