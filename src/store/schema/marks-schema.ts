import type { Firmware } from '../../domain/power/power.ts';

/** What a system is marked with beside its record. */
export interface MarkTables {
  heard_firmware: HeardFirmwareRow;
  in_service: InServiceRow;
  system_locks: SystemLockRow;
}

/** Systems whose install was brought to its end, and whose disk nobody has been told to wipe since. */
interface InServiceRow {
  system_id: number;
  since: number;
}

/** What the firmware of systems said last, and when it was first heard to say so. */
interface HeardFirmwareRow {
  system_id: number;
  firmware: Firmware;
  heard_at: number;
}

interface SystemLockRow {
  system_id: number;
  reason: string;
  locked_by: string;
  locked_at: number;
}
