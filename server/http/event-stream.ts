import type { ServerResponse } from 'node:http';
import type { BootEvent } from '../../src/domain/boot/boot-event.ts';
import type { FeedSink } from '../../src/services/events/event-feed.ts';

/** Who does not take what was written within this time is let go; what it has missed it may ask for. */
const SLOW_MS = 15_000;

/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;

/**
 * Writes events to an answer as text/event-stream (WHATWG HTML §9.2): an event's id is what a reader comes back with.
 * At most one page of them and what the socket holds is in memory for a reader.
 */
export function eventStreamSink(response: ServerResponse, slowMs = SLOW_MS): FeedSink {
  return {
    async send(events, upTo) {
      const text = events.map(formatEvent).join('');
      return write(response, `${text}${formatPlace(upTo, events.at(-1))}`, slowMs);
    },
    end: () => {
      response.end();
    },
  };
}

/** The head of the stream: where it begins, so that a reader that has seen nothing yet loses nothing either. */
export function openEventStream(response: ServerResponse, upTo: number): void {
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would keep events back until it has a buffer full of them.
    'x-accel-buffering': 'no',
  };
  response.writeHead(200, headers);
  response.write(`retry: ${RETRY_MS}\nid: ${upTo}\n\n`);
}

/** What keeps proxies from closing a stream that is silent, and moves the reader's place on. */
export function formatBeat(upTo: number): string {
  return `: nothing new\nid: ${upTo}\n\n`;
}

/** Event ids are on a line of their own without data, which moves the place and tells nothing. */
function formatPlace(upTo: number, last: BootEvent | undefined): string {
  return last?.id === upTo ? '' : `id: ${upTo}\n\n`;
}

/** JSON has no line feeds in it, so that one line of data is enough. */
function formatEvent(event: BootEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}

function write(response: ServerResponse, text: string, slowMs: number): Promise<boolean> {
  if (response.destroyed || response.writableEnded) return Promise.resolve(false);
  if (response.write(text)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (isRoom: boolean): void => {
      clearTimeout(tooLong);
      response.off('drain', onDrain);
      response.off('close', onClose);
      if (!isRoom) response.destroy();
      resolve(isRoom);
    };
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    const tooLong = setTimeout(() => settle(false), slowMs);
    response.once('drain', onDrain);
    response.once('close', onClose);
  });
}
