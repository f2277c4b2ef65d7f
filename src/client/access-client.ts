import type { Role } from '../domain/access/access.ts';
import type { AuditEvent } from '../domain/access/audit.ts';
import type { SessionRecord, TokenRecord, User } from '../domain/access/credential.ts';
import type { Exchange, Items } from './exchange.ts';

export interface TokenAdd {
  readonly name: string;
  readonly role: Role;
  readonly scope?: readonly string[];
  /** Null: never. */
  readonly expiresInMinutes?: number | null;
}

export interface UserAdd {
  readonly name: string;
  readonly role: Role;
  readonly scope?: readonly string[];
  readonly password: string;
}

export interface UserEdit {
  readonly role?: Role;
  readonly scope?: readonly string[] | null;
  readonly disabled?: boolean;
}

export interface AuditQuery {
  readonly actor?: string;
  readonly noun?: string;
  readonly name?: string;
  readonly action?: string;
  /** RFC 3339. */
  readonly since?: string;
  /** Only what came after this row, oldest first. */
  readonly after?: number;
  readonly cursor?: string;
  readonly limit?: number;
}

export interface AuditRows extends Items<AuditEvent> {
  readonly next: string | null;
  readonly total: number;
}

/** Who may do what, and who did what. */
export interface AccessClient {
  listTokens(): Promise<Items<TokenRecord>>;
  /** The answer is the only one that holds the token. */
  addToken(input: TokenAdd): Promise<TokenRecord & { readonly token: string }>;
  revokeToken(name: string): Promise<void>;
  listUsers(): Promise<Items<User>>;
  addUser(input: UserAdd): Promise<User>;
  editUser(name: string, edit: UserEdit): Promise<User>;
  removeUser(name: string): Promise<void>;
  setPassword(name: string, password: string): Promise<void>;
  listSessions(): Promise<Items<SessionRecord>>;
  revokeSession(id: number): Promise<void>;
  /** Those of one user, or of everybody. */
  revokeSessions(user: string | null): Promise<{ readonly count: number }>;
  /** Newest first, unless `after` is given; of one system, where it is named: that takes no admin. */
  audit(query: AuditQuery, system?: string): Promise<AuditRows>;
}

export function accessClient(exchange: Exchange): AccessClient {
  const at = (noun: string, name: string | number): string =>
    `/api/v1/${noun}/${encodeURIComponent(String(name))}`;
  return {
    listTokens: () => exchange.list('/api/v1/tokens'),
    addToken: (input) => exchange.object('POST', '/api/v1/tokens', input),
    revokeToken: (name) => exchange.nothing('DELETE', at('tokens', name)),
    listUsers: () => exchange.list('/api/v1/users'),
    addUser: (input) => exchange.object('POST', '/api/v1/users', input),
    editUser: (name, edit) => exchange.object('PATCH', at('users', name), edit),
    removeUser: (name) => exchange.nothing('DELETE', at('users', name)),
    setPassword: (name, password) => exchange.nothing('PUT', `${at('users', name)}/password`, { password }),
    listSessions: () => exchange.list('/api/v1/sessions'),
    revokeSession: (id) => exchange.nothing('DELETE', at('sessions', id)),
    revokeSessions: (user) =>
      exchange.object(
        'DELETE',
        `/api/v1/sessions${user === null ? '' : `?${new URLSearchParams({ user })}`}`,
      ),
    audit: async (query, system) => {
      const base = system === undefined ? '/api/v1/audit' : `${at('systems', system)}/audit`;
      const named = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(Object.fromEntries(named.map(([key, value]) => [key, String(value)])));
      return (await exchange.list<AuditEvent>(`${base}?${text}`)) as AuditRows;
    },
  };
}
