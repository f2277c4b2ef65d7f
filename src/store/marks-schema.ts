/** What a system is marked with beside its record. */
export interface MarkTables {
  in_service: InServiceRow;
  system_locks: SystemLockRow;
}

/** Systems whose install was brought to its end, and whose disk nobody has been told to wipe since. */
interface InServiceRow {
  system_id: number;
  since: number;
}

interface SystemLockRow {
  system_id: number;
  reason: string;
  locked_by: string;
  locked_at: number;
}
