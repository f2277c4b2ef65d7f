import type { Role, Scope } from '../../domain/access/access.ts';
import type { AuditAction, AuditEvent, AuditFields } from '../../domain/access/audit.ts';
import type { SessionRecord, TokenRecord, User } from '../../domain/access/credential.ts';

/** A token as it is found by its hash. */
export interface StoredToken {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly expiresAtMs: number | null;
}

export interface TokenWrite {
  readonly name: string;
  readonly hash: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly expiresAtMs: number | null;
  readonly createdBy: string;
}

export interface TokenStore {
  findByHash(hash: string): Promise<StoredToken | undefined>;
  find(name: string, nowMs: number): Promise<TokenRecord | undefined>;
  /** By name. */
  list(nowMs: number): Promise<TokenRecord[]>;
  add(write: TokenWrite, nowMs: number): Promise<void>;
  remove(name: string): Promise<void>;
  count(): Promise<number>;
  /** Tokens of the role admin that are not expired. */
  countAdmins(nowMs: number): Promise<number>;
  /** Notes a use; true: it never came from this address before. */
  noteUse(id: number, address: string, nowMs: number): Promise<boolean>;
}

export interface StoredUser {
  readonly user: User;
  /** The hash with its parameters. */
  readonly password: string;
}

export interface UserWrite {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly password: string;
  readonly createdBy: string;
}

export interface UserChange {
  readonly role?: Role | undefined;
  readonly scope?: Scope | undefined;
  readonly disabled?: boolean | undefined;
  readonly password?: string | undefined;
}

export interface UserStore {
  find(name: string): Promise<StoredUser | undefined>;
  /** By name. */
  list(): Promise<User[]>;
  add(write: UserWrite, nowMs: number): Promise<User>;
  update(id: number, change: UserChange, nowMs: number): Promise<User>;
  noteLogin(id: number, nowMs: number): Promise<void>;
  remove(id: number): Promise<void>;
  count(): Promise<number>;
  /** Admins that are not disabled. */
  countAdmins(): Promise<number>;
}

export interface StoredSession {
  readonly session: SessionRecord;
  readonly user: User;
}

export interface SessionWrite {
  readonly userId: number;
  readonly hash: string;
  readonly address: string;
  readonly agent: string;
  readonly expiresAtMs: number;
}

export interface SessionStore {
  findByHash(hash: string): Promise<StoredSession | undefined>;
  find(id: number): Promise<StoredSession | undefined>;
  /** Newest first; those that are over are left out once they were pruned. */
  list(): Promise<SessionRecord[]>;
  add(write: SessionWrite, nowMs: number): Promise<void>;
  noteSeen(id: number, nowMs: number): Promise<void>;
  remove(id: number): Promise<void>;
  /** Ends every session of a user, or of everybody; returns how many. */
  removeAll(userId: number | null): Promise<number>;
  /** Removes what ended by itself: expired, or not seen since. */
  prune(nowMs: number, seenBeforeMs: number): Promise<void>;
}

/** Who does it; see services/deps.ts. */
interface Doer {
  readonly name: string;
  readonly kind: string;
  readonly from: string | null;
  readonly request?: string | undefined;
}

export interface AuditEntry {
  readonly by: Doer;
  readonly action: AuditAction;
  readonly noun: string;
  readonly name: string;
  /** No secrets, in none of these. */
  readonly before?: AuditFields | null;
  readonly after?: AuditFields | null;
  readonly detail?: AuditFields;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly noun?: string | undefined;
  readonly name?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly sinceMs?: number | undefined;
  /** Only rows with a greater id, oldest first. */
  readonly after?: number | undefined;
  /** Only rows with a smaller id. */
  readonly before?: number | undefined;
}

/** Rows are added and never changed; the database refuses anything else. */
export interface AuditStore {
  add(entry: AuditEntry, nowMs: number): Promise<void>;
  /** Newest first, unless `after` is given. */
  list(filter: AuditFilter, limit: number): Promise<AuditEvent[]>;
  count(filter: AuditFilter): Promise<number>;
}
