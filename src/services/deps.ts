import type { Role, Scope } from '../domain/access/access.ts';
import type { Store } from '../store/interfaces/store.ts';

/** Seals small secrets with the key file that lies outside the database; `context` binds a value to its place. */
export interface SecretBox {
  seal(plain: string, context: string): string;
  /** Throws when the value was not sealed with this key for this context. */
  open(sealed: string, context: string): string;
}

/** The edges that the use cases need, given to each in server/main.ts. */
export interface Deps {
  readonly store: Store;
  /** Now, in milliseconds since the epoch. */
  readonly now: () => number;
  /** `length` bytes fit for tokens. */
  readonly randomBytes: (length: number) => Buffer;
  readonly secrets: SecretBox;
}

/** Who does something. */
export interface Actor {
  readonly name: string;
  /** `local`: the owner of the data folder, by the unix socket. `service`: the service of its own accord. */
  readonly kind: 'local' | 'token' | 'user' | 'service';
  readonly role: Role;
  readonly scope: Scope;
  /** The address of the caller; null where there is none. */
  readonly from: string | null;
  /** The request in which it is done, as the log names it. */
  readonly request?: string | undefined;
}

/** The owner of the data folder: nobody else can reach the unix socket. */
export const LOCAL: Actor = { name: 'local', kind: 'local', role: 'admin', scope: null, from: null };
