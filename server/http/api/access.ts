import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessService } from '../../../src/services/access/access.ts';
import { parseInput } from '../../../src/services/records/input.ts';
import { actorFrom, whenceOf } from '../auth.ts';
import { clearSessionCookie, sessionCookieOf, setSessionCookie } from '../session-cookie.ts';

type Named = { Params: { name: string } };
type Numbered = { Params: { id: string } };

const sessionId = z.strictObject({
  id: z.string().regex(/^\d{1,15}$/, { message: 'must be the number of a session' }),
});
export const sessionsQuery = z.strictObject({ user: z.string().max(64).optional() });

const mine = { config: { permission: 'read', scope: 'none' } } as const;
const admin = { config: { permission: 'admin', scope: 'all' } } as const;

/** Who one is, and who may do what: tokens, users, and those who are logged in. */
export function accessRoutes(app: FastifyInstance, { tokens, users, sessions }: AccessService): void {
  app.get('/api/v1/whoami', mine, async (request) => {
    const { name, kind, role, scope, from } = actorFrom(request);
    const token = kind === 'token' ? await tokens.find(name) : undefined;
    const { expiresAt = null } = request.session?.record ?? token ?? {};
    return { name, kind, role, scope, from, expiresAt };
  });
  app.post('/api/v1/whoami/password', mine, async (request, reply) => {
    await users.changePassword(request.body, actorFrom(request));
    return reply.status(204).send();
  });

  app.post('/api/v1/login', { config: { permission: 'public', scope: 'none' } }, async (request, reply) => {
    const { cookie, session } = await sessions.login(request.body, whenceOf(request));
    setSessionCookie(reply, cookie);
    const { name, role, scope } = session.user;
    return { name, role, scope, csrf: session.csrf, expiresAt: session.record.expiresAt };
  });
  app.post('/api/v1/logout', mine, async (request, reply) => {
    const cookie = sessionCookieOf(request);
    if (request.session !== null && cookie !== undefined) await sessions.logout(cookie, whenceOf(request));
    clearSessionCookie(reply);
    return reply.status(204).send();
  });

  app.get('/api/v1/tokens', admin, async () => ({ items: await tokens.list() }));
  app.post('/api/v1/tokens', { config: { ...admin.config, answerIsSecret: true } }, async (request, reply) =>
    // It is shown this once.
    reply
      .status(201)
      .header('cache-control', 'no-store')
      .send(await tokens.add(request.body, actorFrom(request))),
  );
  app.delete<Named>('/api/v1/tokens/:name', admin, async (request, reply) => {
    await tokens.revoke(request.params.name, actorFrom(request));
    return reply.status(204).send();
  });

  userRoutes(app, users);

  app.get('/api/v1/sessions', admin, async () => ({ items: await sessions.list() }));
  app.delete('/api/v1/sessions', admin, async (request) => {
    const { user } = parseInput(sessionsQuery, request.query);
    return { count: await sessions.revokeAll(user ?? null, actorFrom(request)) };
  });
  app.delete<Numbered>('/api/v1/sessions/:id', admin, async (request, reply) => {
    await sessions.revoke(Number(parseInput(sessionId, request.params).id), actorFrom(request));
    return reply.status(204).send();
  });
}

function userRoutes(app: FastifyInstance, users: AccessService['users']): void {
  const base = '/api/v1/users';
  app.get(base, admin, async () => ({ items: await users.list() }));
  app.post(base, admin, async (request, reply) =>
    reply.status(201).send(await users.add(request.body, actorFrom(request))),
  );
  app.get<Named>(`${base}/:name`, admin, (request) => users.get(request.params.name));
  app.patch<Named>(`${base}/:name`, admin, (request) =>
    users.update(request.params.name, request.body, actorFrom(request)),
  );
  app.delete<Named>(`${base}/:name`, admin, async (request, reply) => {
    await users.remove(request.params.name, actorFrom(request));
    return reply.status(204).send();
  });
  app.put<Named>(`${base}/:name/password`, admin, async (request, reply) => {
    await users.setPassword(request.params.name, request.body, actorFrom(request));
    return reply.status(204).send();
  });
}
