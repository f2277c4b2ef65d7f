/** Something that owns a socket: started once, stopped once, named in logs. */
export interface Listener {
  readonly name: string;
  /** Resolves when the socket is open; rejects with the refusal when it cannot be. */
  start(): Promise<void>;
  /** Resolves when the socket is closed and nothing more will be sent. */
  stop(): Promise<void>;
}
