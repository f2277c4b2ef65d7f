/** A time-bound binding of an address to a machine, as the API shows it. */
export interface Lease {
  readonly ip: string;
  readonly mac: string;
  readonly hostname: string | null;
  readonly system: string | null;
  readonly expiresAt: string;
}
