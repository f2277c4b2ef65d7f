import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Secret } from '../../src/domain/access/secret.ts';
import { DomainError } from '../../src/domain/errors.ts';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Requests that a browser sends for another site. Programs send neither header, and a token in `Authorization` is nothing
 * that a browser adds by itself. Throws DomainError 'not-permitted'.
 */
export function refuseForeignOrigin({ method, headers, host, protocol }: FastifyRequest): void {
  if (SAFE.includes(method) || headers.authorization !== undefined) return;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw foreign(`Sec-Fetch-Site: ${site}`);
  if (origin !== undefined && hostOf(origin) !== hostOf(`${protocol}://${host}`))
    throw foreign(`Origin: ${origin}`);
}

/** In a session, what changes something has to bring the token that stands in its form (`_csrf`), or in `X-CSRF-Token`. */
export function installCsrfCheck(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    const { method, session, body } = request;
    if (session === null || SAFE.includes(method)) return;
    const header = request.headers['x-csrf-token'];
    const given = typeof header === 'string' ? header : takeField(body);
    if (given === undefined || !new Secret(session.csrf).equals(given))
      throw new DomainError('not-permitted', 'this form is not of your session', {
        hint: 'load the page again, and send it once more',
      });
  });
}

/** Takes the token out, so that what reads the form meets only its own fields. */
function takeField(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('_csrf' in body)) return undefined;
  const { _csrf: given } = body;
  delete body._csrf;
  return typeof given === 'string' ? given : undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function foreign(what: string): DomainError {
  return new DomainError('not-permitted', `a page of another site sent this (${what.slice(0, 100)})`, {
    hint: 'open the page of this service, and do it there; programs use a token. Behind a proxy: name it in http.proxies',
  });
}
