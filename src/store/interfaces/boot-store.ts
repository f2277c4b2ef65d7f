import type { Install } from '../../domain/install/install.ts';
import type { InstallChange } from '../../domain/install/install-state.ts';
import type { StoredInstall } from './store.ts';

/** What an install becomes, judged on what the database holds at that moment; `change: null` = it stays as it is. */
export type InstallDecision =
  | { readonly change: InstallChange | null; readonly refused?: undefined }
  | { readonly refused: string };

/** What became of it. */
export type InstallOutcome = { readonly install: Install } | { readonly refused: string };

/**
 * The way of machines that fetch their files: synchronous prepared reads of what is committed, and installs moved on
 * in groups (group commit): the promise resolves after the disk has the change, never before.
 */
export interface BootStore {
  /** The install that a token belongs to, by the token's hash. */
  findInstall(tokenHash: string): StoredInstall | undefined;
  findInstallById(id: number): StoredInstall | undefined;
  /**
   * Moves one install on. `decide` is asked at once, which is all where nothing is to change, and again inside the
   * transaction: of two machines that want the last of something, one gets it. Undefined = there is no such install.
   */
  moveInstall(
    id: number,
    decide: (install: Install) => InstallDecision,
    nowMs: number,
  ): Promise<InstallOutcome | undefined>;
  /**
   * Rises with every committed change of a distro, profile, subnet or system: what was made of records is good as
   * long as this number, taken before they were read, is the same.
   */
  recordsVersion(): number;
}
