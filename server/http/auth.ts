import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../src/domain/errors.ts';
import type { AccessService } from '../../src/services/access.ts';
import type { Actor } from '../../src/services/deps.ts';

/** What a route asks of its caller. `machine` routes judge the caller themselves, by address and install token. */
export type Permission = 'public' | 'read' | 'write' | 'machine';

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: Permission;
  }
  interface FastifyRequest {
    actor: Actor | null;
  }
}

/** The owner of the data folder: nobody else can reach the unix socket. */
const LOCAL_ACTOR: Actor = { name: 'local' };

/** A route without a declared permission does not start: deny by default, proved at start-up and not by review. */
export function requireDeclaredPermissions(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.permission === undefined) {
      throw new Error(`route ${String(route.method)} ${route.url} declares no permission`);
    }
  });
}

/** Judges every request before its body is read. `trust: 'socket'` is for the unix socket only. */
export function installAuthentication(
  app: FastifyInstance,
  access: AccessService,
  trust: 'socket' | 'token',
): void {
  app.decorateRequest('actor', null);
  app.addHook('onRequest', async (request) => {
    const permission = request.routeOptions.config.permission;
    if (permission === 'public' || request.is404) return;
    request.actor = trust === 'socket' ? LOCAL_ACTOR : await actorOf(request, access);
  });
}

async function actorOf(request: FastifyRequest, access: AccessService): Promise<Actor> {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  const actor = scheme?.toLowerCase() === 'bearer' && token ? await access.authenticate(token) : undefined;
  if (actor !== undefined) return actor;
  throw new DomainError('unauthenticated', token ? 'this token is not known' : 'a token is needed', {
    hint: 'log in with: provision setup --server URL; or run provision on the server itself, by its unix socket',
  });
}

/** Who asks; routes with a permission always have somebody. */
export function actorFrom(request: FastifyRequest): Actor {
  if (request.actor === null) throw new Error('a route without authentication asked who is there');
  return request.actor;
}
