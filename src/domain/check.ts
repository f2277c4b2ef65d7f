/** `warning`: it works, but not as well or not for all. `problem`: machines are not served. */
export type CheckState = 'ok' | 'warning' | 'problem';

/** What one look at the service and its machine found. */
export interface Check {
  /** What was looked at: `ports`, `dhcp`, `loaders` … */
  readonly name: string;
  readonly state: CheckState;
  /** One sentence: what is so. */
  readonly what: string;
  /** What to do next; null when nothing has to be done. */
  readonly next: string | null;
}
