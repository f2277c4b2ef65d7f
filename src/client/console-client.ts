import { type Exchange, refuseStream } from './exchange.ts';
import type { OpenStream } from './transport.ts';

/** A seat at the serial console of a machine. */
export interface ConsoleSeat {
  readonly mayType: boolean;
  /** Who types instead. */
  readonly writer: string | null;
  /** What the machine writes, until it is over or `leave` is called. */
  readonly output: AsyncIterable<Uint8Array>;
  type(bytes: Uint8Array): Promise<void>;
  sendBreak(): Promise<void>;
  leave(): void;
}

export interface ConsoleClient {
  /** `watch` only looks, `steal` takes the keyboard from who has it. */
  open(name: string, mode: 'write' | 'watch' | 'steal'): Promise<ConsoleSeat>;
}

export function consoleClient(
  exchange: Exchange,
  openStream: OpenStream,
  token: string | undefined,
): ConsoleClient {
  return {
    async open(name, mode) {
      const base = `/api/v1/systems/${encodeURIComponent(name)}/console`;
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const stream = await openStream({
        method: 'GET',
        path: `${base}?mode=${mode}`,
        headers,
        body: undefined,
      });
      if (stream.status !== 200) await refuseStream(stream);
      const seat = encodeURIComponent(stream.header('console-seat'));
      const writer = stream.header('console-writer');
      return {
        mayType: stream.header('console-may-type') === 'true',
        writer: writer === '' ? null : decodeURIComponent(writer),
        output: stream.body,
        type: (bytes) => exchange.nothing('POST', `${base}/${seat}/input`, bytes),
        sendBreak: () => exchange.nothing('POST', `${base}/${seat}/break`),
        leave: stream.close,
      };
    },
  };
}
