/** A time-bound binding of an address to a machine, as the API shows it. */
export interface Lease {
  readonly ip: string;
  /** The MAC that has it; what the lease is kept under where no MAC was seen (InfiniBand). */
  readonly mac: string;
  /** What the lease is kept under: that MAC, or the client id or circuit that its record is known by. */
  readonly key: string;
  readonly hostname: string | null;
  readonly system: string | null;
  readonly expiresAt: string;
}
