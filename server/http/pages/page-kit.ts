import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Permission, roleAllows } from '../../../src/domain/access/access.ts';
import { actorOfSession } from '../../../src/services/access/sessions.ts';
import type { Actor } from '../../../src/services/deps.ts';
import type { ApiServices } from '../api-services.ts';
import { whenceOf } from '../auth.ts';
import { type DONE_TEXTS, doneOf } from './done-texts.ts';
import type { Views } from './views.ts';

/** What every page is made with. */
export interface PageKit {
  readonly services: ApiServices;
  readonly views: Views;
  /** Now, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly version: string;
}

export type Section = 'systems' | 'subnets' | 'audit' | 'login';

export interface PageView {
  readonly view: string;
  readonly title: string;
  readonly section: Section;
  readonly model: object;
  readonly status?: number;
}

/** Sends a page in its frame: who is there, where one can go, what was done a moment ago. */
export function sendPage(
  kit: PageKit,
  request: FastifyRequest,
  reply: FastifyReply,
  page: PageView,
): FastifyReply {
  // Who was refused is still somebody.
  const actor = request.actor ?? (request.session && actorOfSession(request.session, whenceOf(request)));
  const code = (request.query as Record<string, unknown>)['done'];
  const html = kit.views.render(page.view, {
    title: page.title,
    section: page.section,
    version: kit.version,
    user: actor === null ? null : { name: actor.name, role: actor.role },
    may: actor === null ? NOBODY_MAY : mayOf(actor),
    // To what was posted; its address is not one that can be asked for.
    isAnswer: request.method === 'POST',
    csrf: request.session?.csrf ?? '',
    done: typeof code === 'string' ? doneOf(code, request.url.split('?')[0] ?? '') : null,
    page: page.model,
  });
  return reply
    .status(page.status ?? 200)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
}

/** What a reader's role lets him do: a page shows no button that would be refused. */
export interface May {
  readonly operate: boolean;
  readonly admin: boolean;
  /** Sees what concerns every system. */
  readonly everything: boolean;
}

const NOBODY_MAY: May = { operate: false, admin: false, everything: false };

export function mayOf(actor: Pick<Actor, 'role' | 'scope'>): May {
  const allows = (permission: Permission) => roleAllows(actor.role, permission);
  return { operate: allows('operate'), admin: allows('admin'), everything: actor.scope === null };
}

/** A form as it came: names and texts. */
export type Form = Readonly<Record<string, string>>;

/** The fields of a form of a page. That it is the reader's own was judged before (../csrf.ts). */
export function formOf({ body }: FastifyRequest): Form {
  return typeof body === 'object' && body !== null ? (body as Form) : {};
}

/** After a change: the reader sees the page of the record, and a reload does not do it again (RFC 9110 §15.4.4). */
export function seeOther(reply: FastifyReply, path: string, done?: keyof typeof DONE_TEXTS): FastifyReply {
  const query = done === undefined ? '' : `?done=${done}`;
  return reply.header('cache-control', 'no-store').redirect(`${path}${query}`, 303);
}

export function systemPath(name: string): string {
  return `/systems/${encodeURIComponent(name)}`;
}
