import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatKept, type KeptForm } from './kept-form.ts';
import { type PageKit, sendPage } from './page-kit.ts';

export interface ShownLogin {
  readonly next: string;
  readonly status: number;
  readonly name?: string;
  readonly refusal?: { readonly says: string; readonly hint: string | null };
  /** What was being sent when the session was over. */
  readonly kept?: KeptForm | undefined;
  /** Nobody can log in yet. */
  readonly isFresh?: boolean;
}

/** The page of the login. */
export function sendLoginPage(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  { next, status, name = '', refusal, kept, isFresh = false }: ShownLogin,
): FastifyReply {
  const carried = kept && { text: formatKept(kept), secrets: kept.secrets };
  const model = {
    next,
    name,
    refusal: refusal ?? null,
    isFresh,
    kept: carried ?? null,
    path: `/login?next=${encodeURIComponent(next)}`,
  };
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

/** Where to go on after the login: a path of this service, and nothing that a browser takes for another one. */
export function nextPath(text: unknown): string {
  const isPath = typeof text === 'string' && /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(text);
  return isPath && !text.includes('\\') && !text.startsWith('/login') ? text : '/systems';
}
