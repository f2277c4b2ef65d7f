import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { DocumentedRoute, openApiDocument } from './document.ts';
import { renderDocs, STYLE } from './page.ts';

const styleHash = createHash('sha256').update(STYLE).digest('base64');
/** Nothing but the page's own text and style: no script, no other origin, in nobody's frame. */
const HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Everything but the pages for people, which are added to the same app. */
const DOCUMENTED = /^\/(api\/|healthz$|metrics$)/;

/**
 * The document of every route of the API that is added after this, and a page of it. What a method answers only because another one
 * is there (HEAD) is not told.
 */
export function openApiRoutes(app: FastifyInstance, version: string): void {
  const routes: DocumentedRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (!DOCUMENTED.test(url)) return;
    for (const each of [method].flat())
      if (each !== 'HEAD') routes.push({ method: each, url, permission: config?.permission ?? 'admin' });
  });
  let document: Promise<ReturnType<typeof openApiDocument>> | undefined;
  // Hundreds of schemas that nothing but the document needs: no start waits for them.
  const get = () => {
    document ??= import('./document.ts').then((module) => module.openApiDocument(routes, version));
    return document;
  };
  const read = { config: { permission: 'read', scope: 'none' } } as const;
  app.get('/api/v1/openapi.json', read, get);
  app.get('/api/v1/docs', read, async (_request, reply) =>
    reply
      .headers(HEADERS)
      .type('text/html; charset=utf-8')
      .send(renderDocs(await get())),
  );
}
