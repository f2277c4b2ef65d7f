import Fastify, { type FastifyInstance } from 'fastify';
import { installAuthentication, requireDeclaredPermissions } from '../../server/http/auth.ts';
import { installErrorHandlers } from '../../server/http/errors.ts';
import { pages } from '../../server/http/pages/pages.ts';
import { ROLES } from '../../src/domain/access.ts';
import type { Actor } from '../../src/services/deps.ts';
import { makeActor } from './actors.ts';
import { openServiceWorld, type ServiceWorld } from './service-world.ts';

/** What a page answered. */
export interface PageAnswer {
  readonly status: number;
  readonly html: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The pages on the services of a world, for readers of every role. */
export interface PageWorld {
  readonly world: ServiceWorld;
  readonly app: FastifyInstance;
  /** As `viewer`, `operator`, `admin`, or `scoped` (an operator of the role web); undefined: nobody. */
  get(path: string, as?: string): Promise<PageAnswer>;
  post(path: string, form: Readonly<Record<string, string>>, as?: string): Promise<PageAnswer>;
  dispose(): Promise<void>;
}

/** The token of every form of these tests. */
export const CSRF = 'the-token-of-this-reader';

const READERS: Readonly<Record<string, Actor>> = {
  ...Object.fromEntries(ROLES.map((role) => [role, makeActor(role, { kind: 'user', role })])),
  scoped: makeActor('scoped', { kind: 'user', role: 'operator', scope: ['web'] }),
};

export async function openPageWorld(): Promise<PageWorld> {
  const world = await openServiceWorld();
  const app = buildPages(world);
  const headersOf = (as: string | undefined) => (as === undefined ? {} : { authorization: `Bearer ${as}` });
  return {
    world,
    app,
    async get(path, as = 'operator') {
      const answer = await app.inject({ method: 'GET', url: path, headers: headersOf(as || undefined) });
      return { status: answer.statusCode, html: answer.payload, headers: answer.headers };
    },
    async post(path, form, as = 'operator') {
      const payload = new URLSearchParams({ _csrf: CSRF, ...form }).toString();
      const headers = { ...headersOf(as || undefined), 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await app.inject({ method: 'POST', url: path, headers, payload });
      return { status: answer.statusCode, html: answer.payload, headers: answer.headers };
    },
    async dispose() {
      await app.close();
      await world.dispose();
    },
  };
}

function buildPages(world: ServiceWorld): FastifyInstance {
  const app = Fastify({ routerOptions: { maxParamLength: 300 } });
  requireDeclaredPermissions(app);
  installErrorHandlers(app);
  const access = { ...world.access, authenticate: async (token: string) => READERS[token] };
  installAuthentication(app, access, 'token');
  pages(app, {
    root: new URL('../..', import.meta.url).pathname,
    services: world.services,
    now: () => world.nowMs,
    version: '0.0.0',
    csrfOf: () => CSRF,
  });
  return app;
}
