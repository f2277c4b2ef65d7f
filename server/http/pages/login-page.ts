import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, invalid } from '../../../src/domain/errors.ts';
import type { AccessService } from '../../../src/services/access/access.ts';
import { whenceOf } from '../auth.ts';
import { problemOf } from '../errors.ts';
import { clearSessionCookie, sessionCookieOf, setSessionCookie } from '../session-cookie.ts';
import { parseKept } from './kept-form.ts';
import { nextPath, type ShownLogin, sendLoginPage } from './login-view.ts';
import { sendResume } from './page-errors.ts';
import { formOf, type PageKit, seeOther } from './page-kit.ts';

type LoginAccess = Pick<AccessService, 'sessions' | 'users'>;

/** What the login says of input that makes no sense: the same as of a wrong password. */
const WRONG = 'this name and this password do not go together';

/** Login and logout. Nobody is known here yet, so there is nothing of a record on it. */
export function loginPages(app: FastifyInstance, kit: PageKit, access: LoginAccess): void {
  const { sessions } = access;
  const open = { config: { permission: 'public', scope: 'none' } } as const;

  app.get<{ Querystring: { next?: string } }>('/login', open, (request, reply) =>
    sendLogin(kit, access, request, reply, { next: nextPath(request.query.next), status: 200 }),
  );
  app.post('/login', open, async (request, reply) => {
    const { name = '', password = '', next, _kept } = formOf(request);
    const kept = parseKept(_kept);
    try {
      if (name.trim() === '' || password === '') throw invalid([{ path: 'name', message: WRONG }]);
      const { cookie, session } = await sessions.login({ name: name.trim(), password }, whenceOf(request));
      setSessionCookie(reply, cookie);
      if (kept !== undefined) {
        request.session = session;
        return sendResume(kit, request, reply, { kept, says: 'You are logged in again.', status: 200 });
      }
      return seeOther(reply, nextPath(next));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status } = problemOf(error, request.id);
      const says = error.code === 'invalid' ? WRONG : error.message;
      const refusal = { says, hint: error.hint ?? null };
      const shown = { next: nextPath(next), name, refusal, kept, status };
      return sendLogin(kit, access, request, reply, shown);
    }
  });
  app.post('/logout', { config: { permission: 'read', scope: 'none' } }, async (request, reply) => {
    const cookie = sessionCookieOf(request);
    if (request.session !== null && cookie !== undefined) await sessions.logout(cookie, whenceOf(request));
    clearSessionCookie(reply);
    return seeOther(reply, '/login', 'out');
  });
}

/** Also says how the first user is made, as long as there is none. */
async function sendLogin(
  kit: PageKit,
  { users }: LoginAccess,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: ShownLogin,
): Promise<FastifyReply> {
  const isFresh = (await users.list()).length === 0;
  return sendLoginPage(kit, request, reply, { ...shown, isFresh });
}
