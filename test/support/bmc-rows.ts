import type { NamedTest } from './pxe-rows.ts';

/** One quirk of BMCs in the field, and what proves that the service copes with it. */
export interface BmcRow {
  readonly row: string;
  readonly about: string;
  /** Empty only where `notYet` says why. */
  readonly tests: readonly NamedTest[];
  /** What of it is not built, or cannot be tested here. */
  readonly notYet?: string;
}

const at = (file: string) => (title: string) => ({ file, title });
/** Against the simulated BMC of test/support/bmc-sim, by the IPMI driver. */
const ipmi = at('test/server/bmc/ipmi-quirks.test.ts');
const driver = at('test/server/bmc/ipmi-driver.test.ts');
const queued = at('test/server/bmc/ipmi-queue.test.ts');
const queue = at('test/services/power/bmc-queue.test.ts');
const jobs = at('test/services/power/decide-job.test.ts');
const api = at('test/server/http/power.test.ts');
const operation = at('test/server/http/bmc-operations.test.ts');
const redfish = at('test/redfish/boot-override.test.ts');
const redfishReset = at('test/redfish/reset.test.ts');

/** All rows, in order: test/support/bmc-rows.test.ts proves that none is missing, and no test. */
export const BMC_ROWS: readonly BmcRow[] = [
  {
    row: 'B1',
    about: 'only cipher suite 3, or only 17',
    tests: [ipmi('B1: cipher suites'), driver('17, then 3, and what has worked is remembered')],
  },
  {
    row: 'B2',
    about: 'a single proposal in an Open Session Request',
    tests: [ipmi('B2: proposes one algorithm of a kind')],
  },
  {
    row: 'B3',
    about: 'Get Channel Cipher Suites is not answered, or lies',
    tests: [ipmi('B3 no list of suites'), ipmi('B3 a wrong list of suites')],
  },
  {
    row: 'B4',
    about: 'cipher suite 0 lets anybody in',
    tests: [ipmi('B4: cipher suite 0'), driver('0 is never proposed')],
  },
  { row: 'B5', about: 'the session table is full', tests: [ipmi('B5: few sessions')] },
  {
    row: 'B6',
    about: 'freezes after a burst',
    tests: [
      queued('B6: a BMC that freezes after a burst'),
      queue('has one session a BMC, in the order of asking, with a gap between'),
    ],
  },
  {
    row: 'B7',
    about: 'silent while power changes',
    tests: [
      ipmi('B7: a BMC that is silent for a moment while power changes'),
      queued('B7: a BMC that is silent for longer'),
    ],
  },
  { row: 'B8', about: 'loses one of the boot flags', tests: [ipmi('B8, B9: boot flags')] },
  {
    row: 'B9',
    about: 'legacy unless EFI is said',
    tests: [ipmi('B8, B9: boot flags')],
  },
  {
    row: 'B10',
    about: 'the EFI flag has no effect, or is needed',
    tests: [ipmi("{ row: 'B10 heeds no EFI flag'"), ipmi("{ row: 'B10 heeds the EFI flag only'")],
  },
  {
    row: 'B11',
    about: 'flags are dropped after a minute',
    tests: [ipmi('B11: flags that are dropped after a minute')],
  },
  {
    row: 'B12',
    about: 'an error, though it was done; "once" that is ignored',
    tests: [
      ipmi('B12: what was done in spite of an error can be read'),
      jobs('of a refused order is judged by the state: some BMCs refuse and do it'),
      redfish('says 400 and does it: done, and written once (B12)'),
      redfish('takes "once" and leaves all as it is: told by what is read back (B12)'),
      redfishReset('takes an error for done where it was done'),
    ],
  },
  {
    row: 'B13',
    about: 'Redfish: the mode again, the future settings, the mode to disable',
    tests: [
      redfish('loses the mode that is not sent again (B13)'),
      redfish('wants the future settings, known %s (B13)'),
    ],
  },
  {
    row: 'B14',
    about: 'HttpBootUri pins the boot URL',
    tests: [
      redfish('writes and reads back a URL to boot from (B14)'),
      operation('may be a URL (B14), where the firmware is UEFI'),
    ],
  },
  { row: 'B15', about: 'passwords are cut', tests: [ipmi('B15: long passwords')] },
  {
    row: 'B16',
    about: 'slow to go off, and late to say so',
    tests: [
      ipmi('B16: the state that lags is told as the BMC tells it'),
      api('to switch off waits until the machine is off, however long that takes'),
    ],
  },
  {
    row: 'B17',
    about: 'a power state is as old as the question',
    tests: [api('is asked of every BMC at once, and remembered with its time')],
  },
  {
    row: 'B18',
    about: 'boot flags cannot be read back',
    tests: [ipmi('B18: boot flags that cannot be read back are no error')],
  },
  {
    row: 'B19',
    about: 'workarounds that other clients have to be told of',
    tests: [ipmi('B19 denies IPMI 2.0'), ipmi('B19 wants the privilege named')],
    notYet:
      'those for BMCs of IPMI 2.0 before 2006 that break the codes of RAKP: no such BMC has been asked for',
  },
];
