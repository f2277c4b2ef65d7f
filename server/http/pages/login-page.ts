import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, invalid } from '../../../src/domain/errors.ts';
import type { AccessService } from '../../../src/services/access.ts';
import { whenceOf } from '../auth.ts';
import { problemOf } from '../errors.ts';
import { clearSessionCookie, sessionCookieOf, setSessionCookie } from '../session-cookie.ts';
import { nextPath } from './page-errors.ts';
import { formOf, type PageKit, seeOther, sendPage } from './page-kit.ts';

type LoginAccess = Pick<AccessService, 'sessions' | 'users'>;

/** What the login says of input that makes no sense: the same as of a wrong password. */
const WRONG = 'this name and this password do not go together';

interface Shown {
  readonly next: string;
  readonly name?: string;
  readonly refusal?: { readonly says: string; readonly hint: string | null; readonly status: number };
}

/** Login and logout. Nobody is known here yet, so there is nothing of a record on it. */
export function loginPages(app: FastifyInstance, kit: PageKit, access: LoginAccess): void {
  const { sessions } = access;
  const open = { config: { permission: 'public', scope: 'none' } } as const;

  app.get<{ Querystring: { next?: string } }>('/login', open, (request, reply) =>
    sendLogin(kit, access, request, reply, { next: nextPath(request.query.next) }),
  );
  app.post('/login', open, async (request, reply) => {
    const { name = '', password = '', next } = formOf(request);
    try {
      if (name.trim() === '' || password === '') throw invalid([{ path: 'name', message: WRONG }]);
      const { cookie } = await sessions.login({ name: name.trim(), password }, whenceOf(request));
      setSessionCookie(reply, cookie);
      return seeOther(reply, nextPath(next));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status } = problemOf(error, request.id);
      const says = error.code === 'invalid' ? WRONG : error.message;
      const refusal = { says, hint: error.hint ?? null, status };
      return sendLogin(kit, access, request, reply, { next: nextPath(next), name, refusal });
    }
  });
  app.post('/logout', { config: { permission: 'read', scope: 'none' } }, async (request, reply) => {
    const cookie = sessionCookieOf(request);
    if (request.session !== null && cookie !== undefined) await sessions.logout(cookie, whenceOf(request));
    clearSessionCookie(reply);
    return seeOther(reply, '/login', 'out');
  });
}

async function sendLogin(
  kit: PageKit,
  { users }: LoginAccess,
  request: FastifyRequest,
  reply: FastifyReply,
  { next, name = '', refusal }: Shown,
): Promise<FastifyReply> {
  const isFresh = (await users.list()).length === 0;
  const model = { next, name, refusal: refusal ?? null, isFresh };
  const status = refusal?.status ?? 200;
  // RFC 9110 §11.6.1: a 401 says how to authenticate.
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return sendPage(kit, request, reply, {
    view: 'login.njk',
    title: 'Log in',
    section: 'login',
    model,
    status,
  });
}
