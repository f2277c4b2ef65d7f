import type { FastifyInstance } from 'fastify';
import { MAX_LOADER_BYTES } from '../../../src/domain/boot/loader.ts';
import { invalid } from '../../../src/domain/errors.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Named = { Params: { name: string } };

/** The loaders that machines are sent: what is there, and installing them. */
export function loaderRoutes(app: FastifyInstance, { loaders }: ApiServices): void {
  const read = { config: { permission: 'read', scope: 'none' } } as const;
  const admin = { config: { permission: 'admin', scope: 'all' } } as const;
  app.get('/api/v1/loaders', read, async () => ({ items: await loaders.list() }));
  app.post('/api/v1/loaders/install', admin, async (request) => ({
    items: await loaders.installFromPackages(request.body, actorFrom(request)),
  }));
  app.delete<Named>('/api/v1/loaders/:name', admin, async (request, reply) => {
    await loaders.remove(request.params.name, actorFrom(request));
    return reply.status(204).send();
  });
  // A scope of its own: nowhere else are bytes a body.
  app.register(async (scope) => {
    const options = { parseAs: 'buffer', bodyLimit: MAX_LOADER_BYTES } as const;
    scope.addContentTypeParser('application/octet-stream', options, (_request, body, done) =>
      done(null, body),
    );
    scope.put<Named & { Body: unknown }>(
      '/api/v1/loaders/:name',
      { ...admin, bodyLimit: MAX_LOADER_BYTES },
      (request) => {
        const { body, params, query } = request;
        if (!Buffer.isBuffer(body)) {
          throw invalid([{ path: 'file', message: 'send its bytes as application/octet-stream' }]);
        }
        return loaders.installFile(params.name, body, query, actorFrom(request));
      },
    );
  });
}
