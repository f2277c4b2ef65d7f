import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../src/domain/errors.ts';
import type { SessionService } from '../../../src/services/access/sessions.ts';
import { problemOf, sendNoSuchRoute } from '../errors.ts';
import { sessionCookieOf } from '../session-cookie.ts';
import { type KeptForm, keptForm, readKeptForm } from './kept-form.ts';
import { sendLoginPage } from './login-view.ts';
import { type Form, type PageKit, sendPage } from './page-kit.ts';
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
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.isOurs) request.log.error({ err: error }, 'a page failed');
    if (problem.status === 401) return toLogin(kit, request, reply);
    const stale = staleForm(problem.status, request);
    if (stale !== undefined)
      return sendResume(kit, request, reply, { kept: stale, status: problem.status, says: ANEW });
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

const ANEW = 'You have logged in anew since this form was opened.';

/** A form that another session of the same browser was shown: its token is the only thing wrong with it (../csrf.ts). */
function staleForm(status: number, { session, body, url }: FastifyRequest): KeptForm | undefined {
  // Whatever else is refused with 403 is refused before the body is read.
  if (status !== 403 || session === null || typeof body !== 'object' || body === null) return undefined;
  return keptForm(url, body as Form);
}

/** Shows a way back into a form with what was typed; the form itself is shown by its own page, by its own rules. */
export function sendResume(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  { kept, says, status }: { readonly kept: KeptForm; readonly says: string; readonly status: number },
): FastifyReply {
  const model = { kept, says, path: kept.path };
  return sendPage(kit, request, reply, {
    view: 'resume.njk',
    title: 'Go on',
    section: 'systems',
    model,
    status,
  });
}

/** A reader who was logged out while a page was open comes back to it, and a form is kept for him. */
async function toLogin(kit: PageKit, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  // A part of a page: the page stays as it is, since something may be typed into it, and its script says what is wrong.
  const isPart = request.headers['hx-request'] !== undefined;
  if (isPart || request.headers.accept?.includes('text/event-stream')) return reply.status(401).send();
  const kept = await readKeptForm(request);
  if (kept !== undefined) return sendLoginPage(kit, request, reply, { next: kept.path, kept, status: 401 });
  const next = request.method === 'GET' ? request.url : pageOf(request.url);
  const login = `/login?next=${encodeURIComponent(next)}`;
  return reply.header('cache-control', 'no-store').redirect(login, 303);
}

/** The page on which a button is: that of the machine, or the list. */
function pageOf(url: string): string {
  return /^\/systems\/[^/?#]+(?=\/)/.exec(url)?.[0] ?? '/systems';
}
