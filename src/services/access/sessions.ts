import { z } from 'zod';
import { passwordText, type SessionRecord, type User } from '../../domain/access/credential.ts';
import { DomainError } from '../../domain/errors.ts';
import { hashToken, newToken } from '../boot/token.ts';
import type { Actor, Deps } from '../deps.ts';
import { ifDiskAllows } from '../dhcp/if-disk-allows.ts';
import { parseInput } from '../records/input.ts';
import { type FailedLogins, failedLogins } from './failed-logins.ts';
import type { LoginGate } from './login-gate.ts';
import type { Passwords } from './passwords.ts';

/** A session ends after so long, whatever happens in it. */
export const SESSION_MS = 12 * 60 * 60_000;
/** And after so long without a request. */
export const IDLE_MS = 2 * 60 * 60_000;
const NOTE_MS = 60_000;

export const loginInput = z.strictObject({ name: z.string().max(64), password: passwordText });

/** Where a request comes from. */
export interface Whence {
  readonly address: string;
  readonly agent?: string | undefined;
  readonly request?: string | undefined;
}

/** Somebody who is logged in, found by the cookie. */
export interface Session {
  readonly record: SessionRecord;
  readonly user: User;
  /** Goes with each form and each request that changes something; whoever has only the cookie sent cannot know it. */
  readonly csrf: string;
}

/** Logins of users. What the cookie holds is random and new at each login; only its hash is kept. */
export interface SessionService {
  /** Throws DomainError 'unauthenticated' (wrong, or disabled) or 'too-many' (too early). */
  login(body: unknown, from: Whence): Promise<{ readonly cookie: string; readonly session: Session }>;
  /** Undefined where nobody is logged in by this cookie (any more); throws DomainError 'unauthenticated' for disabled users. */
  find(cookie: string): Promise<Session | undefined>;
  logout(cookie: string, from: Whence): Promise<void>;
  list(): Promise<SessionRecord[]>;
  revoke(id: number, actor: Actor): Promise<void>;
  /** Ends those of a user, or of everybody; returns how many. */
  revokeAll(user: string | null, actor: Actor): Promise<number>;
}

function csrfOf(cookie: string): string {
  return hashToken(`csrf ${cookie}`);
}

/** Who acts in a session. */
export function actorOfSession({ user }: Session, { address, request }: Whence): Actor {
  const { name, role, scope } = user;
  return { name, kind: 'user', role, scope, from: address, request };
}

export function sessionService(
  { store, now, randomBytes }: Deps,
  passwords: Passwords,
  gate: LoginGate,
): SessionService {
  const failures: FailedLogins = failedLogins(store, now);

  const begin = async (user: User, from: Whence): Promise<{ cookie: string; session: Session }> => {
    const cookie = newToken(randomBytes);
    const agent = printable(from.agent ?? '');
    const hash = hashToken(cookie);
    const found = await store.transaction(async (tx) => {
      await tx.sessions.prune(now(), now() - IDLE_MS);
      // Changed or removed since the password was looked at.
      const current = await tx.users.find(user.name);
      if (current?.user.revision !== user.revision || current.user.id !== user.id) throw wrong();
      const expiresAtMs = now() + SESSION_MS;
      await tx.sessions.add({ userId: user.id, hash, address: from.address, agent, expiresAtMs }, now());
      await tx.users.noteLogin(user.id, now());
      const by = { name: user.name, kind: 'user', from: from.address, request: from.request };
      await tx.audit.add({ by, action: 'login', noun: 'user', name: user.name, detail: { agent } }, now());
      return tx.sessions.findByHash(hash);
    });
    if (found === undefined) throw wrong();
    return { cookie, session: { record: found.session, user: found.user, csrf: csrfOf(cookie) } };
  };

  return {
    async login(body, from) {
      const { name, password } = parseInput(loginInput, body);
      gate.enter(name, from.address);
      const stored = await store.read.users.find(name);
      if (!(await passwords.verify(password, stored?.password ?? null)) || stored === undefined) {
        await failures.note(stored === undefined ? null : name, from);
        throw wrong();
      }
      // Only who knows the password is told.
      if (stored.user.disabled) throw isDisabled(name);
      gate.pass(name, from.address);
      return begin(stored.user, from);
    },
    async find(cookie) {
      const found = await store.read.sessions.findByHash(hashToken(cookie));
      if (found === undefined) return undefined;
      const { session, user } = found;
      const seenAtMs = Date.parse(session.seenAt);
      if (Date.parse(session.expiresAt) <= now() || seenAtMs + IDLE_MS <= now()) return undefined;
      if (user.disabled) throw isDisabled(user.name);
      if (now() - seenAtMs >= NOTE_MS)
        await ifDiskAllows(() => store.transaction((tx) => tx.sessions.noteSeen(session.id, now())));
      return { record: session, user, csrf: csrfOf(cookie) };
    },
    async logout(cookie, { address, request }) {
      await store.transaction(async (tx) => {
        const found = await tx.sessions.findByHash(hashToken(cookie));
        if (found === undefined) return;
        await tx.sessions.remove(found.session.id);
        const by = { name: found.user.name, kind: 'user', from: address, request };
        await tx.audit.add({ by, action: 'logout', noun: 'user', name: found.user.name }, now());
      });
    },
    async list() {
      await store.transaction((tx) => tx.sessions.prune(now(), now() - IDLE_MS));
      return store.read.sessions.list();
    },
    revoke: (id, actor) =>
      store.transaction(async (tx) => {
        const found = await tx.sessions.find(id);
        if (found === undefined)
          throw new DomainError('not-found', `there is no session ${id}`, {
            hint: 'list them with: provision session list',
          });
        await tx.sessions.remove(id);
        const { from, agent } = found.session;
        const entry = { by: actor, action: 'revoke', noun: 'session', name: found.user.name } as const;
        await tx.audit.add({ ...entry, detail: { session: id, of: from, agent } }, now());
      }),
    revokeAll: (user, actor) =>
      store.transaction(async (tx) => {
        const found = user === null ? undefined : await tx.users.find(user);
        if (user !== null && found === undefined) throw noUser(user);
        const count = await tx.sessions.removeAll(found?.user.id ?? null);
        const entry = { by: actor, action: 'revoke', noun: 'session', name: user ?? 'all' } as const;
        await tx.audit.add({ ...entry, detail: { count } }, now());
        return count;
      }),
  };
}

/** What a browser says of itself, fit to be shown. */
function printable(agent: string): string {
  return agent.replace(/[^ -~]/g, '?').slice(0, 200);
}

function noUser(name: string): DomainError {
  return new DomainError('not-found', `there is no user named '${name}'`, {
    hint: 'list them with: provision user list',
  });
}

/** The same for a name that is not there and a password that is wrong. */
function wrong(): DomainError {
  return new DomainError('unauthenticated', 'this name and this password do not go together', {
    hint: 'forgotten? An admin sets a new one: provision user password NAME; on the server itself no login is needed',
  });
}

function isDisabled(name: string): DomainError {
  return new DomainError('unauthenticated', `user '${name}' is disabled`, {
    hint: `an admin can change that: provision user edit ${name} --enable`,
  });
}
