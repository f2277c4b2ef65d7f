import { connect } from 'node:net';

/** What a machine asks for by HTTP. */
export interface HttpWish {
  /** The machine's own address, to send from: tokens are bound to it. */
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Takes each piece of the body; throws where it is a wrong one. */
export type TakePiece = (piece: Buffer, offset: number) => void;

/** iPXE's script asks again after some seconds, and does so until it is given something. */
const AGAIN_MS = 1_000;
const TRIES = 10;

/**
 * Fetches a body of a known length on a connection of its own, as iPXE does. Rejects with the reason; a connection that
 * broke is tried again, and `onRepeat` hears of it, a refusal is not.
 */
export async function fetchByHttp(wish: HttpWish, take: TakePiece, onRepeat: () => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await fetchOnce(wish, take);
    } catch (error) {
      if (!(error instanceof Broken) || tries === TRIES) throw error;
      onRepeat();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The whole body as text. */
export async function fetchText(wish: HttpWish, onRepeat: () => void): Promise<string> {
  let text = '';
  const take: TakePiece = (piece, offset) => {
    // A second try begins at the beginning.
    text = text.slice(0, offset) + piece.toString('latin1');
  };
  await fetchByHttp(wish, take, onRepeat);
  return text;
}

class Broken extends Error {}

function fetchOnce({ from, host, port, path }: HttpWish, take: TakePiece): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, localAddress: from });
    let head = '';
    let length: number | undefined;
    let received = 0;
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const takeBody = (piece: Buffer) => {
      if (piece.length > 0) take(piece, received);
      received += piece.length;
    };
    const takeHead = (piece: Buffer) => {
      head += piece.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      const status = head.slice(9, 12);
      if (status !== '200')
        throw new Error(`${status} for ${path}: ${head.slice(end + 4, end + 204).trim()}`);
      length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
      if (Number.isNaN(length)) throw new Error(`no length of ${path}`);
      takeBody(Buffer.from(head.slice(end + 4), 'latin1'));
    };
    socket.on('data', (piece: Buffer) => {
      try {
        if (length === undefined) takeHead(piece);
        else takeBody(piece);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('error', (error) => fail(new Broken(error.message)));
    socket.on('close', () => {
      if (received === length) resolve();
      else reject(new Broken(`${received} of ${length ?? 'unknown'} bytes of ${path}`));
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: storm\r\nConnection: close\r\n\r\n`);
  });
}
