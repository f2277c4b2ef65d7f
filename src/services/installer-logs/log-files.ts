/** The log that machines send by syslog while they install. */
export const SYSLOG = 'syslog';

/** Logs that an installer may upload, by what they are. */
export const UPLOADED_LOGS = [
  /** The installer's own log: /var/log/syslog of Debian's installer. */
  'installer',
  /** /var/log/partman of Debian's installer. */
  'partman',
  /** /tmp/anaconda.log, and its neighbours. */
  'anaconda',
  'program',
  'packaging',
  'storage',
  'dnf',
  /** What the scripts of an answer file said. */
  'scripts',
] as const;
export type UploadedLog = (typeof UPLOADED_LOGS)[number];

export type LogName = typeof SYSLOG | UploadedLog;
export const LOG_NAMES: readonly LogName[] = [SYSLOG, ...UPLOADED_LOGS];

/** A part of a log. Offsets count all bytes that ever were in it, so that those of a log that was shortened stay good. */
export interface LogPart {
  readonly text: string;
  /** Offset of the first byte of `text`. */
  readonly from: number;
  /** Where the next part begins; `total` when this is the last there is now. */
  readonly next: number;
  readonly total: number;
  /** Bytes before `text` that were asked for and are not kept. */
  readonly leftOutBytes: number;
}

/** What can be read of an install's logs. */
export interface LogRead {
  /** The last so many lines. */
  tail(installId: number, name: LogName, lines: number): Promise<LogPart | undefined>;
  /** Whole lines from an offset on, as many as fit a part. Undefined = there is no such log. */
  part(installId: number, name: LogName, from: number): Promise<LogPart | undefined>;
  /** The logs that there are. */
  list(installId: number): Promise<LogName[]>;
}

/** The files of installs: only their owner may read them. */
export interface InstallLogFiles extends LogRead {
  /** Takes lines at once and writes them a little later, with their neighbours. Never throws. */
  append(installId: number, lines: string): void;
  /**
   * Puts a log in the place of the one of that name. Gives its bytes; undefined where it is larger than allowed, and then what there
   * was stays. Rejects when it breaks off.
   */
  receive(installId: number, name: UploadedLog, bytes: AsyncIterable<Buffer>): Promise<number | undefined>;
  /** Removes what belongs to no install any more; gives how many files. */
  removeUnless(isKept: (installId: number) => boolean): Promise<number>;
  /** Resolves when everything that was taken is written. */
  flush(): Promise<void>;
}
