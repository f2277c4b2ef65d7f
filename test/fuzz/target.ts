/** One datagram of a fuzz run. `from` and `to` are small numbers that the target turns into sockets of its own. */
export interface Shot {
  readonly bytes: Buffer;
  /** Which of the clients sends it. */
  readonly from: number;
  /** Which of the server's sockets it goes to: 0 is the one that clients ask first. */
  readonly to: number;
  /** How far the clock goes on before it arrives. */
  readonly afterMs: number;
}

/** Something that must not have happened. */
export interface Failure {
  /** The same for the same fault, whatever the packet: by it a smaller packet is known to show the same one. */
  readonly kind: string;
  readonly detail: string;
  /** The packet that was being served, where that is known. */
  readonly bytes?: Buffer;
}

/** A service that is shot at: all of it but the network and the clock. */
export interface FuzzTarget {
  /** The next shot; it may build on what was answered to earlier ones. */
  aim(random: () => number): Shot;
  /** Takes the shots in order and resolves once nothing of them is under way any more. */
  shoot(shots: readonly Shot[]): Promise<Failure | undefined>;
  /** What happened so far, for people. */
  summary(): string;
  /** Stops the service and looks at what is left. Call it once, at the end. */
  finish(): Promise<Failure | undefined>;
}

export type OpenTarget = () => Promise<FuzzTarget>;

/** Turns whatever was thrown into a failure; `kind` leaves numbers out, which differ from packet to packet. */
export function failureOf(where: string, error: unknown, bytes?: Buffer): Failure {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const detail = error instanceof Error ? (error.stack ?? text) : text;
  return { kind: `${where}: ${text.replace(/[0-9a-f]{4,}|\d+/gi, '#')}`, detail, ...(bytes && { bytes }) };
}
