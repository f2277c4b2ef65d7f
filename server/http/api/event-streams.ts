import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { STAGES } from '../../../src/domain/boot/boot-event.ts';
import { invalid } from '../../../src/domain/errors.ts';
import type { FeedWish } from '../../../src/services/events/event-feed.ts';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';
import { eventStreamSink, formatBeat, openEventStream } from '../event-stream.ts';

type Named = { Params: { name: string } };

const stages = z
  .string()
  .max(1000)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(STAGES)).min(1));
const after = z.coerce.number().int().min(0);
export const systemEventsQuery = z.strictObject({ after: after.optional(), stage: stages.optional() });
export const eventsQuery = systemEventsQuery.extend({ system: z.string().max(64).optional() });

/** Shorter than the minute after which proxies close what is silent. */
const BEAT_MS = 15_000;

/** Boot events as they come, in streams without an end (text/event-stream). */
export function eventStreamRoutes(app: FastifyInstance, { feed }: Pick<ApiServices, 'feed'>): void {
  const all = { config: { permission: 'read', scope: 'selection' } } as const;
  const one = { config: { permission: 'read', scope: 'system' } } as const;

  const stream = async (request: FastifyRequest, reply: FastifyReply, wish: FeedWish): Promise<void> => {
    const { raw } = reply;
    const wanted = { ...wish, after: lastEventId(request) ?? wish.after };
    const opened = await feed.open(wanted, eventStreamSink(raw), actorFrom(request));
    reply.hijack();
    if (raw.destroyed) return opened.close();
    const beat = setInterval(() => {
      // Not even the last beat was taken.
      if (raw.writableNeedDrain) return raw.destroy();
      raw.write(formatBeat(opened.upTo));
      void request.isStillPermitted().then((isPermitted) => {
        if (!isPermitted) raw.destroy();
      });
    }, BEAT_MS);
    raw.once('close', () => {
      clearInterval(beat);
      opened.close();
    });
    // The limit of a connection is for those who say nothing; this one lasts as long as somebody reads.
    raw.setTimeout(0);
    openEventStream(raw, opened.upTo);
    opened.start();
  };

  app.get('/api/v1/events', all, (request, reply) => {
    const { stage, ...rest } = parseInput(eventsQuery, request.query);
    return stream(request, reply, { ...rest, stages: stage });
  });
  app.get<Named>('/api/v1/systems/:name/events', one, (request, reply) => {
    const query = parseInput(systemEventsQuery, request.query);
    const { name } = request.params;
    return stream(request, reply, { system: name, after: query.after, stages: query.stage });
  });
  // An app that closes waits for its answers to end, and these have no end.
  app.addHook('preClose', async () => feed.stop());
}

/** Where a reader that comes back has been; it wins over `after`, which stands in the address that it was first given. */
function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw invalid([{ path: 'Last-Event-ID', message: 'must be the id of an event' }]);
}
