/** Privilege levels (IPMI 2.0 §6.8). */
export const USER = 2;
export const OPERATOR = 3;
export const ADMINISTRATOR = 4;

export interface BmcUser {
  readonly name: string;
  readonly password: string;
  /** The highest privilege that it may ask for. */
  readonly privilege: number;
}

/** What a simulated BMC is, and in which ways it is not what the specification says: quirks are values of these. */
export interface BmcOptions {
  readonly users: readonly BmcUser[];
  /** The BMC key, at most 20 bytes; null: the user's password is it (IPMI 2.0 §13.33). */
  readonly kg: Buffer | null;
  /** Cipher suites that it accepts, of 0, 3, 8 and 17. With 0 it lets in anybody who knows a user's name. */
  readonly suites: readonly number[];
  /** Sessions of IPMI 1.5, authenticated by MD5. */
  readonly ipmi15: boolean;
  /** Refuses an Open Session Request that proposes more than one algorithm of a kind. */
  readonly singleProposal: boolean;
  /** Get Channel Cipher Suites: what it offers, nothing at all, or suites that it does not have. */
  readonly cipherSuites: 'answers' | 'silent' | 'lies';
  /** Get Channel Authentication Capabilities denies IPMI 2.0, though it speaks it. */
  readonly deniesIpmi20: boolean;
  /** An Open Session Request must name the privilege; 0, "the highest", is refused. */
  readonly wantsPrivilegeNamed: boolean;
  /** Bytes of a password that it kept when it was set. */
  readonly passwordBytes: 16 | 20;
  readonly sessionSlots: number;
  /** A session is gone after so long without a packet. */
  readonly idleTimeoutMs: number;
  /** After so many packets within the time it is silent for a while. */
  readonly freeze: { readonly packets: number; readonly withinMs: number; readonly forMs: number } | null;
  /** After a change of power no session can be opened for so long. */
  readonly rakpSilentMs: number;
  /** Each answer leaves so much later. */
  readonly answerDelayMs: number;
  /** Commands (`Chassis Control` is 0x0002) whose first answer is lost, though they were carried out. */
  readonly losesAnswerTo: readonly number[];

  readonly isOn: boolean;
  readonly powerOnMs: number;
  readonly powerOffMs: number;
  /** The operating system takes so long to shut down; null: it does not listen. */
  readonly shutdownMs: number | null;
  /** Get Chassis Status tells the state that was so long ago. */
  readonly stateLagMs: number;
  /** Chassis Control and Set System Boot Options answer with this completion code, though they did it. */
  readonly failsThoughDone: number | null;
  /** Boot flags that are taken and forgotten. */
  readonly losesBootFlag: 'efi' | 'persistent' | null;
  /** Parameters that Get System Boot Options does not know. */
  readonly unreadableBootParameters: readonly number[];
  /** Boot flags are dropped after so long without a Chassis Control, unless parameter 3 forbids it. */
  readonly bootFlagsValidMs: number;
  /** They are dropped whatever parameter 3 says. */
  readonly ignoresValidBitClearing: boolean;
  /** The firmware heeds boot flags only with, or only without, the EFI bit. */
  readonly heedsBootFlags: 'all' | 'efi' | 'legacy';
}

export const DEFAULT_OPTIONS: BmcOptions = {
  users: [
    { name: 'admin', password: 'secret', privilege: ADMINISTRATOR },
    { name: 'operator', password: 'operate', privilege: OPERATOR },
    { name: 'viewer', password: 'look', privilege: USER },
  ],
  kg: null,
  suites: [3, 17],
  ipmi15: false,
  singleProposal: false,
  cipherSuites: 'answers',
  deniesIpmi20: false,
  wantsPrivilegeNamed: false,
  passwordBytes: 20,
  sessionSlots: 4,
  idleTimeoutMs: 60_000,
  freeze: null,
  rakpSilentMs: 0,
  answerDelayMs: 0,
  losesAnswerTo: [],
  isOn: true,
  powerOnMs: 0,
  powerOffMs: 0,
  shutdownMs: 0,
  stateLagMs: 0,
  failsThoughDone: null,
  losesBootFlag: null,
  unreadableBootParameters: [],
  bootFlagsValidMs: 60_000,
  ignoresValidBitClearing: false,
  heedsBootFlags: 'all',
};
