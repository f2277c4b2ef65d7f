/** What was done. */
export const AUDIT_ACTIONS = [
  'add',
  'update',
  'remove',
  'arm',
  'cancel',
  'lock',
  'unlock',
  'setup',
  'power',
  'bmc',
  'handoff',
  'retry',
  'discard',
  'test',
  'login',
  'login-failed',
  'logout',
  'password',
  'revoke',
  'use',
  'read',
  'backup',
  'restore',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Values by field; none of them is a secret. */
export type AuditFields = Readonly<Record<string, unknown>>;

/** One thing that was done, as it is told. */
export interface AuditEvent {
  readonly id: number;
  /** RFC 3339. */
  readonly at: string;
  readonly actor: string;
  /** See Actor; `setup` stands for whoever had the setup token. */
  readonly kind: string;
  /** The address of the caller; null by the unix socket, and for what the service does by itself. */
  readonly from: string | null;
  /** How the log of the service names the request. */
  readonly request: string | null;
  readonly action: AuditAction;
  readonly noun: string;
  readonly name: string;
  /** The fields that were changed, as they were; null where there was nothing. */
  readonly before: AuditFields | null;
  /** The same fields, as they are now; null where nothing is left. */
  readonly after: AuditFields | null;
  readonly detail: AuditFields;
}

/** Stamps say nothing that the row does not say itself. */
const STAMPS: readonly string[] = ['id', 'revision', 'createdAt', 'updatedAt'];

/** The fields in which two records differ, as they were and as they are. */
export function changedFields(
  before: object,
  after: object,
): { readonly before: AuditFields; readonly after: AuditFields } {
  const [old, now] = [before as AuditFields, after as AuditFields];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => !STAMPS.includes(key) && JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  );
  const pick = (from: AuditFields): AuditFields =>
    Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
  return { before: pick(old), after: pick(now) };
}
