import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

/** The database with its key, as a stream; restored by `provisiond restore`. */
export function backupRoutes(app: FastifyInstance, { backups }: ApiServices): void {
  const admin = { config: { permission: 'admin', scope: 'all' } } as const;
  app.post('/api/v1/backups', admin, async (request, reply) => {
    const archive = await backups.make(request.body, actorFrom(request));
    const content = Readable.from(archive.content());
    content.once('close', () => {
      archive.discard().catch((error) => request.log.error({ err: error }, 'a copy was left behind'));
    });
    const at = archive.manifest.createdAt.replace(/[:.]/g, '-');
    return reply
      .type('application/x-tar')
      .header('content-length', archive.bytes)
      .header('content-disposition', `attachment; filename="provision-${at}.tar"`)
      .header('cache-control', 'no-store')
      .send(content);
  });
}
