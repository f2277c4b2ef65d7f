import type { ServerResponse } from 'node:http';

/**
 * The body of one answer, written piece by piece. A piece is the writer's again once it was taken, so that a machine
 * that reads slowly holds one piece and not the file.
 */
export interface Outlet {
  /** Resolves with true when the kernel has taken all of it; with false when the machine is gone. */
  write(piece: Buffer): Promise<boolean>;
  /** The same for the last piece. */
  end(piece: Buffer): Promise<boolean>;
  /**
   * Has the kernel itself send `length` bytes of an open file from `from` on, as many as the machine takes without
   * being waited for. Resolves with how many went, which may be none: what comes next has to be written. Undefined
   * where the kernel cannot.
   */
  readonly sendFile?: ((fd: number, from: number, length: number) => Promise<number>) | undefined;
}

export function createOutlet(response: ServerResponse): Outlet {
  let isClosed = response.destroyed;
  let settle: ((isTaken: boolean) => void) | undefined;
  response.once('close', () => {
    isClosed = true;
    settle?.(false);
  });
  // A machine that resets the connection is an everyday event: iPXE probes, reboots.
  response.on('error', () => settle?.(false));
  const taken = (send: (done: (error?: Error | null) => void) => void): Promise<boolean> => {
    if (isClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      settle = resolve;
      send((error) => resolve(error === undefined || error === null));
    });
  };
  return {
    write: (piece) => taken((done) => response.write(piece, done)),
    end: (piece) => taken((done) => response.end(piece, () => done())),
  };
}
