/** A request that was sent with a key. */
export interface KeyedRequest {
  /** Hash of method, path and body, sealed. */
  readonly requestHash: string;
  /** Null: it is not known what it was answered. */
  readonly answer: KeptAnswer | null;
  readonly atMs: number;
}

/** An answer as it can be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Null where it is not kept, because there is a secret in it. */
  readonly body: string | null;
}

export interface IdempotencyStore {
  find(caller: string, key: string): Promise<KeyedRequest | undefined>;
  /** Writes that the request has begun, in the place of an older one with this key. */
  begin(caller: string, key: string, requestHash: string, nowMs: number): Promise<void>;
  finish(caller: string, key: string, answer: KeptAnswer): Promise<void>;
  /** Forgets a request that came to nothing. */
  forget(caller: string, key: string): Promise<void>;
  /** Forgets what is older. */
  prune(beforeMs: number): Promise<void>;
}
