import { type TokenRecord, tokenInput } from '../../domain/access/credential.ts';
import { DomainError, notFound } from '../../domain/errors.ts';
import { hashToken, newToken } from '../boot/token.ts';
import type { Actor, Deps } from '../deps.ts';
import { ifDiskAllows } from '../dhcp/if-disk-allows.ts';
import { nameTaken, parseInput } from '../records/input.ts';
import { refuseWithoutAdmin } from './last-admin.ts';

/** Use cases of API tokens. Of a token only its hash is kept: it is shown once. */
export interface TokenService {
  list(): Promise<TokenRecord[]>;
  find(name: string): Promise<TokenRecord | undefined>;
  add(body: unknown, actor: Actor): Promise<TokenRecord & { readonly token: string }>;
  /** It opens nothing from now on. Throws DomainError 'in-use' for the last admin. */
  revoke(name: string, actor: Actor): Promise<void>;
  /** Whose token is it? Throws DomainError 'unauthenticated' for one that is not known or has expired. */
  authenticate(token: string, about: Pick<Actor, 'from' | 'request'>): Promise<Actor>;
}

/** So that it is recognised where it should not be, by people and by programs that look for secrets. */
const PREFIX = 'pv_';

/** When a token was used is written at most so often. */
const NOTE_MS = 60_000;
/** Uses that are remembered, of a token and an address; what is forgotten is written again. */
const MOST_REMEMBERED = 10_000;

export function newApiToken(randomBytes: (length: number) => Buffer): string {
  return `${PREFIX}${newToken(randomBytes)}`;
}

export function tokenService({ store, now, randomBytes }: Deps): TokenService {
  const noted = new Map<string, number>();

  /** The first use from another address is in the audit. */
  const noteUse = async (id: number, actor: Actor): Promise<void> => {
    const from = actor.from ?? '';
    const key = `${id} ${from}`;
    const last = noted.get(key);
    if (last !== undefined && now() - last < NOTE_MS) return;
    if (noted.size >= MOST_REMEMBERED) noted.clear();
    noted.set(key, now());
    const writing = store.transaction(async (tx) => {
      if (!(await tx.tokens.noteUse(id, from, now()))) return;
      const detail = { why: 'first use from this address' };
      await tx.audit.add({ by: actor, action: 'use', noun: 'token', name: actor.name, detail }, now());
    });
    await writing.catch((error) => {
      // It is to be in the audit as soon as the disk takes it.
      noted.delete(key);
      throw error;
    });
  };

  return {
    list: () => store.read.tokens.list(now()),
    find: (name) => store.read.tokens.find(name, now()),
    async add(body, actor) {
      const { name, role, scope, expiresInMinutes } = parseInput(tokenInput, body);
      const token = newApiToken(randomBytes);
      const expiresAtMs = expiresInMinutes === null ? null : now() + expiresInMinutes * 60_000;
      return store.transaction(async (tx) => {
        if ((await tx.tokens.find(name, now())) !== undefined)
          throw nameTaken('token', name, 'provision token list');
        const write = { name, role, scope, expiresAtMs, createdBy: actor.name };
        await tx.tokens.add({ ...write, hash: hashToken(token) }, now());
        const added = await tx.tokens.find(name, now());
        if (added === undefined)
          throw new DomainError('storage', `token ${name} vanished while it was written`);
        const after = { role, scope, expiresAt: added.expiresAt };
        await tx.audit.add({ by: actor, action: 'add', noun: 'token', name, after }, now());
        return { ...added, token };
      });
    },
    revoke: (name, actor) =>
      store.transaction(async (tx) => {
        const found = await tx.tokens.find(name, now());
        if (found === undefined) throw notFound('token', name);
        const isAdmin = found.role === 'admin' && !found.isExpired;
        await tx.tokens.remove(name);
        if (isAdmin) await refuseWithoutAdmin(tx, now());
        const before = { role: found.role, scope: found.scope, expiresAt: found.expiresAt };
        await tx.audit.add({ by: actor, action: 'revoke', noun: 'token', name, before }, now());
      }),
    async authenticate(token, about) {
      // Look-up goes by hash, so its time tells nothing about the token.
      const found = await store.read.tokens.findByHash(hashToken(token));
      if (found === undefined) throw refused('this token is not known; it may have been revoked');
      const { id, name, role, scope, expiresAtMs } = found;
      if (expiresAtMs !== null && expiresAtMs <= now())
        throw refused(`token '${name}' expired at ${new Date(expiresAtMs).toISOString()}`);
      const actor: Actor = { name, kind: 'token', role, scope, ...about };
      // Whoever changes something is refused by the disk itself.
      await ifDiskAllows(() => noteUse(id, actor));
      return actor;
    },
  };
}

function refused(message: string): DomainError {
  return new DomainError('unauthenticated', message, {
    hint: 'ask an admin for another one (provision token add NAME --role …), then: provision login URL; the first one of a new service is made by: provision setup --server URL',
  });
}
