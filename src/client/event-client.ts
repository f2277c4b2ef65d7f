import type { BootEvent } from '../domain/boot/boot-event.ts';
import { readEventStream } from './event-stream.ts';
import { refuseStream } from './exchange.ts';
import type { OpenStream } from './transport.ts';

/** Events as they come. */
export interface FollowedEvents {
  /** Ends when the service stops; throws `Unreachable` when the connection breaks. */
  readonly items: AsyncIterable<BootEvent>;
  close(): void;
}

export interface EventClient {
  /** Every event of a system after the one with this id, and then what comes. */
  follow(system: string, after: number): Promise<FollowedEvents>;
}

/** The service says something every fifteen seconds; one that is silent for so long is gone. */
const SILENCE_MS = 60_000;

export function eventClient(openStream: OpenStream, token: string | undefined): EventClient {
  return {
    async follow(system, after) {
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
      const path = `/api/v1/systems/${encodeURIComponent(system)}/events?after=${after}`;
      const stream = await openStream({ method: 'GET', path, headers, body: undefined }, SILENCE_MS);
      if (stream.status !== 200) await refuseStream(stream);
      return { items: eventsOf(stream.body), close: stream.close };
    },
  };
}

async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<BootEvent> {
  for await (const { data } of readEventStream(body))
    if (data !== undefined) yield JSON.parse(data) as BootEvent;
}
