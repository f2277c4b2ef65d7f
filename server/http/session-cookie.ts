import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_MS } from '../../src/services/access/sessions.ts';

const NAME = 'provision_session';

/** What the cookie of a session holds, or undefined. */
export function sessionCookieOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === NAME && value !== undefined && /^[\w-]{1,100}$/.test(value)) return value;
  }
  return undefined;
}

/** Logs the browser in. No script sees it, no other site's request brings it, and over TLS it goes over nothing else. */
export function setSessionCookie(reply: FastifyReply, cookie: string): void {
  reply.header('set-cookie', `${NAME}=${cookie}; Max-Age=${SESSION_MS / 1000}${attributes(reply)}`);
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.header('set-cookie', `${NAME}=; Max-Age=0${attributes(reply)}`);
}

function attributes({ request }: FastifyReply): string {
  return `; Path=/; HttpOnly; SameSite=Strict${request.protocol === 'https' ? '; Secure' : ''}`;
}
