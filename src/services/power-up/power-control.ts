import type { BmcError } from '../../domain/power/bmc-error.ts';
import type { BootOverride } from '../../domain/power/power.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';

/** How a job of a BMC stands. */
export type JobStand =
  | { readonly kind: 'open' }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly failure: BmcError['failure'] | 'interrupted';
      readonly message: string;
    };

/** What bringing a machine up needs of power and BMCs. Jobs are durable, and find the power as they want it or make it so. */
export interface PowerControl {
  /** The power of a machine, asked now. Throws BmcError. */
  ask(systemId: number): Promise<'on' | 'off'>;
  /** Asks for power in the transaction; the id of the job, or undefined where another one of that machine is open. */
  request(
    tx: StoreTransaction,
    want: { readonly systemId: number; readonly action: 'on' | 'off'; readonly by: string },
  ): Promise<number | undefined>;
  /** Something was requested in a transaction that is committed now. */
  wake(): Promise<void>;
  job(id: number): Promise<JobStand>;
  /** Nothing more is done for the job: in the transaction, so that it cannot outlive what it is for. */
  cancel(tx: StoreTransaction, id: number, why: string): Promise<void>;
  /** Sets the boot device and reads it back (null: it cannot be read). Throws BmcError. */
  setBootDevice(
    systemId: number,
    override: BootOverride,
    options: { readonly by: 'own' | 'redfish'; readonly signal: AbortSignal },
  ): Promise<BootOverride | null>;
}
