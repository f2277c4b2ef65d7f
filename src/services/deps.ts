import type { Store } from '../store/store.ts';

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

/** Who does something: a token's name, or `local` for the owner of the data folder on the unix socket. */
export interface Actor {
  readonly name: string;
}
