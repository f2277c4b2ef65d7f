import type { FastifyInstance } from 'fastify';

/** Nothing but this page's own text and style: no script, no other origin, not in anybody's frame. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/**
 * The page at the service's URL. Whoever can reach it may read it, so it holds no record and no setting: what the
 * service is, and how to go on.
 */
export function homePage(app: FastifyInstance, version: string): void {
  const page = renderHome(version);
  app.get('/', { config: { permission: 'public', scope: 'none' } }, async (_request, reply) =>
    reply.headers(HEADERS).type('text/html; charset=utf-8').send(page),
  );
}

function renderHome(version: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>provision</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222 }
  pre { background: #f3f3f3; padding: .8rem 1rem; overflow-x: auto }
</style>
<h1>provision ${version}</h1>
<p>The bare-metal provisioning server is running. It is driven by the command <code>provision</code> and by the REST API
under <code>/api/v1</code>.</p>
<h2>The first token</h2>
<p>The setup token was printed when the service started. It works once:</p>
<pre>provision setup --server URL-OF-THIS-PAGE</pre>
<p>On the server itself no token is needed: the command uses the unix socket in the data folder.</p>
<h2>The next commands</h2>
<pre>provision status
provision subnet add lab --network 10.99.0.0/24 --gateway 10.99.0.1 --dhcp authoritative
provision help system add</pre>
</html>
`;
}
