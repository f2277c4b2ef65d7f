import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Role, Scope } from '../../src/domain/access/access.ts';
import { SESSION_MS } from '../../src/services/access/sessions.ts';
import { hashToken } from '../../src/services/boot/token.ts';
import { must } from './must.ts';
import { openServiceWorld, type ServiceWorld } from './service-world.ts';

/** What a page answered. */
export interface PageAnswer {
  readonly status: number;
  readonly html: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Who reads the pages: `scoped` is an operator of the role web. */
export const READERS = ['viewer', 'operator', 'admin', 'scoped'] as const;
export type Reader = (typeof READERS)[number];

/** The admin listener of a world, whose users are logged in by browsers. */
export interface PageWorld {
  readonly world: ServiceWorld;
  readonly app: FastifyInstance;
  /** What the cookie of a reader's session holds. */
  readonly cookies: Readonly<Record<Reader, string>>;
  /** `as`: null for nobody. */
  get(path: string, as?: Reader | null): Promise<PageAnswer>;
  /** With the token of the reader's session, unless the form has another. */
  post(path: string, form: Readonly<Record<string, string>>, as?: Reader | null): Promise<PageAnswer>;
  dispose(): Promise<void>;
}

export async function openPageWorld(): Promise<PageWorld> {
  const world = await openServiceWorld();
  const logins = Object.fromEntries(
    await Promise.all(READERS.map(async (reader) => [reader, await logInAs(world, reader)] as const)),
  ) as Record<Reader, { cookie: string; csrf: string }>;
  const headersOf = (as: Reader | null) =>
    as === null ? {} : { cookie: `provision_session=${logins[as].cookie}` };
  return {
    world,
    app: world.tcp,
    cookies: Object.fromEntries(READERS.map((reader) => [reader, logins[reader].cookie])) as Record<
      Reader,
      string
    >,
    async get(path, as = 'operator') {
      return answerOf(await world.tcp.inject({ method: 'GET', url: path, headers: headersOf(as) }));
    },
    async post(path, form, as = 'operator') {
      const _csrf = as === null ? '' : logins[as].csrf;
      const payload = new URLSearchParams({ _csrf, ...form }).toString();
      const headers = { ...headersOf(as), 'content-type': 'application/x-www-form-urlencoded' };
      return answerOf(await world.tcp.inject({ method: 'POST', url: path, headers, payload }));
    },
    dispose: world.dispose,
  };
}

/** Logged in without a password, as working those out takes long on purpose. */
async function logInAs(
  { access, deps }: ServiceWorld,
  reader: Reader,
): Promise<{ cookie: string; csrf: string }> {
  const role: Role = reader === 'scoped' ? 'operator' : reader;
  const scope: Scope = reader === 'scoped' ? ['web'] : null;
  const cookie = `cookie-of-${reader}`;
  const expiresAtMs = deps.now() + SESSION_MS;
  await deps.store.transaction(async (tx) => {
    const write = { name: reader, role, scope, password: 'none', createdBy: 'test' };
    const { id } = await tx.users.add(write, deps.now());
    const hash = hashToken(cookie);
    await tx.sessions.add({ userId: id, hash, address: '127.0.0.1', agent: '', expiresAtMs }, deps.now());
  });
  const session = must(await access.sessions.find(cookie), 'the session');
  return { cookie, csrf: session.csrf };
}

function answerOf({ statusCode, payload, headers }: LightMyRequestResponse): PageAnswer {
  return { status: statusCode, html: payload, headers };
}
