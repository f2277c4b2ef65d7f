/**
 * Why a BMC did not do what it was asked, and what to do next: the one table of outcomes that every driver speaks. Only
 * what says `retry` may go away by itself, so only that is tried again, with a session of its own.
 */
export const BMC_FAILURES = {
  unreachable: {
    retry: true,
    says: 'does not answer',
    next: 'check the cable and the address of the BMC, that IPMI over LAN (UDP 623) or HTTPS is switched on, and firewalls between',
  },
  timeout: {
    retry: true,
    says: 'stopped answering in the middle',
    next: 'try again in a minute; if it stays so, reset the BMC (its own reset, not the machine)',
  },
  'out-of-sessions': {
    retry: true,
    says: 'has no session left',
    next: 'other tools hold its sessions; wait until they time out (often 1 to 5 minutes), or reset the BMC',
  },
  busy: { retry: true, says: 'is busy', next: 'wait a minute; a BMC that has just been reset answers so' },
  'wrong-credentials': {
    retry: false,
    says: 'does not accept user and password',
    next: 'set them anew (they are tried once only, since BMCs lock accounts): provision system edit NAME --bmc-user … --bmc-password-stdin',
  },
  privilege: {
    retry: false,
    says: 'does not give this user the privilege for it',
    next: 'make the user an operator or administrator on the LAN channel of the BMC, or ask for less: --bmc-privilege',
  },
  'no-cipher': {
    retry: false,
    says: 'accepts none of the cipher suites that are safe to use (17, 3)',
    next: 'switch on cipher suite 17 or 3 in the BMC; suite 0 is never used, as it lets anybody in',
  },
  certificate: {
    retry: false,
    says: 'shows a certificate that is neither pinned nor trusted',
    next: 'compare its fingerprint at the BMC itself, then pin it: provision system edit NAME --bmc-certificate FINGERPRINT',
  },
  refused: {
    retry: false,
    says: 'refused the command',
    next: 'look at what it says; some commands are refused in some power states',
  },
  unsupported: {
    retry: false,
    says: 'cannot do this',
    next: 'use another driver for it (--bmc-driver), if the machine has one',
  },
  malformed: {
    retry: true,
    says: 'answered with something that is no valid answer',
    next: 'update the firmware of the BMC; the log has the bytes',
  },
} as const satisfies Readonly<Record<string, { retry: boolean; says: string; next: string }>>;

export type BmcFailure = keyof typeof BMC_FAILURES;

/** A BMC did not do it. The message holds no secret and nothing unprintable that came from the BMC. */
export class BmcError extends Error {
  override readonly name = 'BmcError';
  readonly failure: BmcFailure;

  /** `detail` says what exactly happened: `completion code 0xd5 to Chassis Control`. */
  constructor(failure: BmcFailure, detail: string) {
    super(detail);
    this.failure = failure;
  }

  get retry(): boolean {
    return BMC_FAILURES[this.failure].retry;
  }

  get hint(): string {
    return BMC_FAILURES[this.failure].next;
  }
}
