import type { Generated } from 'kysely';
import type { Role } from '../../domain/access/access.ts';

/** Who may do what, and who did what. Scopes are JSON: lists of roles of systems. */
export interface AccessTables {
  tokens: TokenRow;
  token_addresses: { token_id: number; address: string; first_at: number };
  users: UserRow;
  sessions: SessionRow;
  audit: AuditRow;
}

interface TokenRow {
  id: Generated<number>;
  name: string;
  /** SHA-256. */
  hash: string;
  role: Role;
  scope: string | null;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_from: string | null;
}

interface UserRow {
  id: Generated<number>;
  name: string;
  role: Role;
  scope: string | null;
  /** As services/access/passwords.ts writes it. */
  password: string;
  password_at: number;
  disabled_at: number | null;
  last_login_at: number | null;
  created_by: string;
  revision: number;
  created_at: number;
  updated_at: number;
}

interface SessionRow {
  id: Generated<number>;
  user_id: number;
  /** SHA-256 of what the cookie holds. */
  hash: string;
  address: string;
  agent: string;
  created_at: number;
  seen_at: number;
  expires_at: number;
}

interface AuditRow {
  id: Generated<number>;
  at: number;
  actor: string;
  kind: string;
  address: string | null;
  request: string | null;
  action: string;
  noun: string;
  name: string;
  /** JSON, these three. */
  detail: string;
  before: string | null;
  after: string | null;
}
