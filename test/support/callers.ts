import type { InjectOptions } from 'fastify';
import type { Role, Scope } from '../../src/domain/access/access.ts';
import { LOCAL } from '../../src/services/deps.ts';
import { type Answer, inject, jsonBody } from './inject.ts';
import type { ServiceWorld } from './service-world.ts';

/** A password that the rules accept. */
export const PASSWORD = 'correct horse battery staple';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Somebody who asks by TCP. */
export type Caller = (method: Method, url: string, body?: unknown) => Promise<Answer>;

export function callerWith(world: ServiceWorld, headers: Readonly<Record<string, string>>): Caller {
  return (method, url, body) => {
    const { payload, headers: type = {} } = jsonBody(body) as InjectOptions & { payload: string };
    return inject(world.tcp, {
      method,
      url,
      headers: { ...type, ...headers },
      ...(body === undefined ? {} : { payload }),
    });
  };
}

/** The text of a new API token. */
export async function makeToken(
  world: ServiceWorld,
  name: string,
  role: Role,
  scope: Scope = null,
  expiresInMinutes: number | null = null,
): Promise<string> {
  return (await world.access.tokens.add({ name, role, scope, expiresInMinutes }, LOCAL)).token;
}

/** Somebody with a token of his own. */
export async function holderOf(
  world: ServiceWorld,
  name: string,
  role: Role,
  scope: Scope = null,
): Promise<Caller> {
  return callerWith(world, { authorization: `Bearer ${await makeToken(world, name, role, scope)}` });
}

/** The cookie of a login, and what forms have to bring. */
export async function logIn(
  world: ServiceWorld,
  name: string,
  password = PASSWORD,
): Promise<{ readonly cookie: string; readonly csrf: string; readonly setCookie: string }> {
  const answer = await callerWith(world, {})('POST', '/api/v1/login', { name, password });
  if (answer.status !== 200) throw new Error(`login: ${JSON.stringify(answer.body)}`);
  const setCookie = String(answer.headers['set-cookie']);
  const { csrf } = answer.body as { csrf: string };
  return { cookie: setCookie.split(';')[0] ?? '', csrf, setCookie };
}
