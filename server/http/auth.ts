import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  leastRoleFor,
  type Permission,
  type RouteScope,
  roleAllows,
} from '../../src/domain/access/access.ts';
import { DomainError } from '../../src/domain/errors.ts';
import type { AccessService } from '../../src/services/access/access.ts';
import { actorOfSession, type Session, type Whence } from '../../src/services/access/sessions.ts';
import { type Actor, LOCAL } from '../../src/services/deps.ts';
import { addressOf } from './caller-address.ts';
import { installCsrfCheck, refuseForeignOrigin } from './csrf.ts';
import { sessionCookieOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: Permission;
    scope?: RouteScope;
  }
  interface FastifyRequest {
    actor: Actor | null;
    /** Of a user who is logged in by a browser. */
    session: Session | null;
    /** May the caller still do this? For answers that go on for long; by the unix socket nobody asks. */
    isStillPermitted: () => Promise<boolean>;
  }
  interface FastifyInstance {
    /** Every route, as it was declared. */
    declaredRoutes: readonly DeclaredRoute[];
  }
}

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly permission: Permission;
  readonly scope: RouteScope;
}

/** A route that does not declare what it asks of its caller does not start: deny by default, proved and not reviewed. */
export function requireDeclaredPermissions(app: FastifyInstance): void {
  const declared: DeclaredRoute[] = [];
  app.decorate('declaredRoutes', declared);
  app.addHook('onRoute', ({ method, url, config: { permission, scope } = {} }) => {
    const name = `route ${String(method)} ${url}`;
    if (permission === undefined) throw new Error(`${name} declares no permission`);
    if (scope === undefined) throw new Error(`${name} declares no scope`);
    if (scope === 'system' && !/\/systems\/:name(\/|$)/.test(url)) throw new Error(`${name} names no system`);
    for (const one of [method].flat()) declared.push({ method: one, url, permission, scope });
  });
}

/**
 * Judges every request before its body is read: who it is, what he may do, and with which systems. `trust: 'socket'` is for
 * the unix socket only.
 */
export function installAuthentication(
  app: FastifyInstance,
  access: AccessService,
  trust: 'socket' | 'token',
): void {
  app.decorateRequest('actor', null);
  app.decorateRequest('session', null);
  app.decorateRequest('isStillPermitted', async () => true);
  const judge = async (request: FastifyRequest): Promise<Actor> => {
    const { permission, scope } = request.routeOptions.config;
    const actor = trust === 'socket' ? { ...LOCAL, request: request.id } : await identify(request, access);
    refuseUnlessPermitted(actor, permission);
    if (actor.scope === null) return actor;
    if (scope === 'system') await access.refuseOutOfScope((request.params as { name: string }).name, actor);
    else if (scope !== 'selection' && scope !== 'none') throw beyondScope(actor);
    return actor;
  };
  app.addHook('onRequest', async (request) => {
    if (trust === 'token') refuseForeignOrigin(request);
    if (request.routeOptions.config.permission === 'public' || request.is404) return;
    const actor = await judge(request);
    request.actor = actor;
    request.isStillPermitted = () =>
      judge(request).then(
        (now) => isSameGrant(now, actor),
        () => false,
      );
  });
  installCsrfCheck(app);
}

function isSameGrant(one: Actor, other: Actor): boolean {
  return one.role === other.role && JSON.stringify(one.scope) === JSON.stringify(other.scope);
}

async function identify(request: FastifyRequest, access: AccessService): Promise<Actor> {
  const about = { from: addressOf(request), request: request.id };
  const { authorization } = request.headers;
  const [scheme, token] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'bearer' && token) return access.tokens.authenticate(token, about);
  const cookie = authorization === undefined ? sessionCookieOf(request) : undefined;
  if (cookie === undefined) throw unauthenticated('a token is needed');
  request.session = (await access.sessions.find(cookie)) ?? null;
  if (request.session === null) throw unauthenticated('this session is over');
  return actorOfSession(request.session, whenceOf(request));
}

/** Where a request comes from. */
export function whenceOf(request: FastifyRequest): Whence {
  const agent = request.headers['user-agent'];
  return { address: addressOf(request), agent, request: request.id };
}

function unauthenticated(message: string): DomainError {
  return new DomainError('unauthenticated', message, {
    hint: 'log in with: provision login URL (of a new service: provision setup --server URL); or run provision on the server itself, by its unix socket',
  });
}

/** Throws DomainError 'not-permitted' where the actor's role does not grant it. A route without one is nobody's. */
function refuseUnlessPermitted({ name, role }: Actor, permission: Permission | undefined): void {
  if (permission !== undefined && roleAllows(role, permission)) return;
  const least = leastRoleFor(permission ?? 'admin');
  throw new DomainError('not-permitted', `this takes the role ${least}; ${name} has the role ${role}`, {
    hint: `ask an admin for it: provision token add NAME --role ${least}, or provision user edit NAME --role ${least}`,
  });
}

function beyondScope({ name, scope }: Actor): DomainError {
  const roles = (scope ?? []).join(', ');
  return new DomainError(
    'not-permitted',
    `this concerns every system; ${name} is bound to the roles ${roles}`,
    {
      hint: 'ask somebody without a scope, or an admin for a token without --scope',
    },
  );
}

/** Who asks; routes with a permission always have somebody. */
export function actorFrom(request: FastifyRequest): Actor {
  if (request.actor === null) throw new Error('a route without authentication asked who is there');
  return request.actor;
}
