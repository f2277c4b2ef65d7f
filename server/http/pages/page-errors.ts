import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../src/domain/errors.ts';
import { problemOf } from '../errors.ts';
import { type PageKit, sendPage } from './page-kit.ts';

const TITLES: Readonly<Record<number, string>> = {
  403: 'You may not do that',
  404: 'There is nothing here',
  413: 'That was too much at once',
  429: 'Too many at once',
  500: 'The service failed on this',
};

/** Errors of pages are pages; who is not logged in is led to where that is done. */
export function installPageErrors(app: FastifyInstance, kit: PageKit): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.isOurs) request.log.error({ err: error }, 'a page failed');
    if (problem.status === 401) return toLogin(request, reply);
    const { detail, hint, request: id } = problem.body as Record<string, string | undefined>;
    const title = TITLES[problem.status] ?? 'That did not work';
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
