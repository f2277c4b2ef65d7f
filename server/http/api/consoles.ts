import type { OutgoingHttpHeaders } from 'node:http';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { invalid } from '../../../src/domain/errors.ts';
import type { ConsoleAttachment } from '../../../src/services/power/consoles.ts';
import type { ConsoleViewer } from '../../../src/services/power/shared-console.ts';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Named = { Params: { name: string } };
type Seated = { Params: { name: string; seat: string } };

export const consoleQuery = z.strictObject({ mode: z.enum(['write', 'watch', 'steal']).default('watch') });

/** What may be typed in one piece. */
const INPUT_BYTES = 16 * 1024;
/** Who does not read what a machine writes is let go, before it fills our memory. */
const BACKLOG_BYTES = 1024 * 1024;

/** Whoever looks on may have lost the right to, in between. */
const LOOK_MS = 15_000;

/**
 * Serial consoles. `GET` is an endless answer: bytes as the machine writes them, with the seat in a header; who has the seat
 * types by `POST`. Looking is
 * a matter of those who may write as well, since consoles show what people type.
 */
export function consoleRoutes(app: FastifyInstance, { power: { consoles } }: ApiServices): void {
  const base = '/api/v1/systems/:name/console';
  app.get<Named>(base, { config: { permission: 'operate', scope: 'system' } }, async (request, reply) => {
    const { mode } = parseInput(consoleQuery, request.query);
    const stream = new PassThrough({ highWaterMark: BACKLOG_BYTES });
    const attached = await consoles.attach(request.params.name, mode, viewerOf(stream), actorFrom(request));
    reply.hijack();
    // Opening may take longer than people wait.
    if (reply.raw.destroyed) return attached.leave();
    // The limit of a connection is for those who say nothing; this one lasts as long as somebody looks.
    reply.raw.setTimeout(0);
    const looking = setInterval(async () => {
      if (!(await request.isStillPermitted())) reply.raw.destroy();
    }, LOOK_MS);
    reply.raw.once('close', () => {
      clearInterval(looking);
      attached.leave();
      stream.destroy();
    });
    // At once, also while the machine says nothing.
    reply.raw.writeHead(200, headersOf(attached)).flushHeaders();
    stream.pipe(reply.raw);
  });
  // An app that closes waits for its answers to end, and these have no end.
  app.addHook('preClose', consoles.stop);
  // A scope of its own: nowhere else are bytes a body.
  app.register(async (scope) => {
    const options = { parseAs: 'buffer', bodyLimit: INPUT_BYTES } as const;
    scope.addContentTypeParser('application/octet-stream', options, (_request, body, done) =>
      done(null, body),
    );
    const write = { config: { permission: 'operate', scope: 'system' }, bodyLimit: INPUT_BYTES } as const;
    scope.post<Seated>(`${base}/:seat/input`, write, async (request, reply) => {
      const { body, params } = request;
      if (!Buffer.isBuffer(body))
        throw invalid([{ path: 'input', message: 'send what is typed as application/octet-stream' }]);
      await consoles.type(params.name, params.seat, body, actorFrom(request));
      return reply.status(204).send();
    });
    scope.post<Seated>(`${base}/:seat/break`, write, async (request, reply) => {
      const { name, seat } = request.params;
      await consoles.sendBreak(name, seat, actorFrom(request));
      return reply.status(204).send();
    });
  });
}

function headersOf({ seat, mayType, writer }: ConsoleAttachment): OutgoingHttpHeaders {
  return {
    'content-type': 'application/octet-stream',
    'cache-control': 'no-store',
    'console-seat': seat,
    'console-may-type': String(mayType),
    ...(writer === null ? {} : { 'console-writer': encodeURIComponent(writer) }),
  };
}

function viewerOf(stream: PassThrough): ConsoleViewer {
  return {
    show: (bytes) => {
      if (stream.destroyed) return;
      if (!stream.write(bytes)) stream.destroy();
    },
    end: () => stream.end(),
  };
}
