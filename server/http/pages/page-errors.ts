import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../src/domain/errors.ts';
import type { SessionService } from '../../../src/services/access/sessions.ts';
import { problemOf, sendNoSuchRoute } from '../errors.ts';
import { sessionCookieOf } from '../session-cookie.ts';
import { type PageKit, sendPage } from './page-kit.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const TITLES: Readonly<Record<number, string>> = {
  403: 'You may not do that',
  404: 'There is nothing here',
  413: 'That was too much at once',
  429: 'Too many at once',
  500: 'The service failed on this',
};

const titleOf = (status: number): string => TITLES[status] ?? 'That did not work';

/** Errors of pages are pages; who is not logged in is led to where that is done. */
export function installPageErrors(app: FastifyInstance, kit: PageKit): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.isOurs) request.log.error({ err: error }, 'a page failed');
    if (problem.status === 401) return toLogin(request, reply);
    const { detail, hint, request: id } = problem.body as Record<string, string | undefined>;
    const title = titleOf(problem.status);
    return sendPage(kit, request, reply, {
      view: 'error.njk',
      title,
      section: 'systems',
      status: problem.status,
      model: {
        detail,
        // Hints of other errors name commands, which help here as well.
        hint: error instanceof DomainError ? (hint ?? null) : null,
        request: id ?? null,
      },
    });
  });
}

/**
 * What is answered where there is nothing: a page to a browser that looks for one, and to all others what the API says. Nobody was
 * asked who he is, as there is nothing to protect; who is logged in keeps the frame of the pages.
 */
export function installPageNotFound(
  app: FastifyInstance,
  kit: PageKit,
  sessions: Pick<SessionService, 'find'>,
): void {
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/');
    if (!isPage || !request.headers.accept?.includes('text/html')) return sendNoSuchRoute(request, reply);
    const cookie = sessionCookieOf(request);
    request.session = cookie === undefined ? null : ((await sessions.find(cookie)) ?? null);
    const detail = `there is no page ${request.url.split('?')[0]}`;
    const model = { detail, hint: null, request: null };
    const page = { view: 'error.njk', title: titleOf(404), section: 'systems', status: 404, model } as const;
    return sendPage(kit, request, reply.headers(SECURITY_HEADERS), page);
  });
}

/** A reader who was logged out while a page was open comes back to it; a form is lost, as its session is. */
function toLogin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.method === 'GET' ? request.url : '/systems';
  const login = `/login?next=${encodeURIComponent(path)}`;
  if (request.headers['hx-request'] !== undefined)
    return reply.header('hx-redirect', '/login').status(401).send();
  if (request.headers.accept?.includes('text/event-stream')) return reply.status(401).send();
  return reply.header('cache-control', 'no-store').redirect(login, 303);
}

/** Where to go on after the login: a path of this service, and nothing that a browser takes for another one. */
export function nextPath(text: unknown): string {
  const isPath = typeof text === 'string' && /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(text);
  return isPath && !text.includes('\\') && !text.startsWith('/login') ? text : '/systems';
}
