import { z } from 'zod';
import { changedFields } from '../../domain/access/audit.ts';
import {
  grantProblem,
  passwordText,
  type User,
  userInput,
  userPatch,
} from '../../domain/access/credential.ts';
import { passwordProblem } from '../../domain/access/password.ts';
import { DomainError, invalid, notFound } from '../../domain/errors.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor, Deps } from '../deps.ts';
import { nameTaken, parseInput } from '../records/input.ts';
import { refuseWithoutAdmin } from './last-admin.ts';
import type { LoginGate } from './login-gate.ts';
import type { Passwords } from './passwords.ts';

/** Use cases of users. Whoever changes a password or disables somebody ends that user's sessions. */
export interface UserService {
  list(): Promise<User[]>;
  get(name: string): Promise<User>;
  add(body: unknown, actor: Actor): Promise<User>;
  update(name: string, body: unknown, actor: Actor): Promise<User>;
  remove(name: string, actor: Actor): Promise<void>;
  setPassword(name: string, body: unknown, actor: Actor): Promise<void>;
  /** A user's own, who has to know the present one. */
  changePassword(body: unknown, actor: Actor): Promise<void>;
}

export const passwordInput = z.strictObject({ password: passwordText });
export const changePasswordInput = z.strictObject({ current: passwordText, password: passwordText });

export function userService({ store, now }: Deps, passwords: Passwords, gate: LoginGate): UserService {
  const find = async (tx: StoreTransaction, name: string): Promise<User> => {
    const found = await tx.users.find(name);
    if (found === undefined) throw notFound('user', name);
    return found.user;
  };

  const writePassword = async (name: string, password: string, actor: Actor): Promise<void> => {
    refuseWeak(password, name);
    const hashed = await passwords.hash(password);
    await store.transaction(async (tx) => {
      const { id } = await find(tx, name);
      await tx.users.update(id, { password: hashed }, now());
      const sessionsEnded = await tx.sessions.removeAll(id);
      const entry = { by: actor, action: 'password', noun: 'user', name } as const;
      await tx.audit.add({ ...entry, after: { password: 'changed' }, detail: { sessionsEnded } }, now());
    });
  };

  return {
    list: () => store.read.users.list(),
    get: (name) => find(store.read, name),
    async add(body, actor) {
      const { name, role, scope, password } = parseInput(userInput, body);
      refuseWeak(password, name);
      const hashed = await passwords.hash(password);
      return store.transaction(async (tx) => {
        if ((await tx.users.find(name)) !== undefined) throw nameTaken('user', name, 'provision user list');
        const write = { name, role, scope, password: hashed, createdBy: actor.name };
        const user = await tx.users.add(write, now());
        await tx.audit.add({ by: actor, action: 'add', noun: 'user', name, after: { role, scope } }, now());
        return user;
      });
    },
    async update(name, body, actor) {
      const patch = parseInput(userPatch, body);
      return store.transaction(async (tx) => {
        const old = await find(tx, name);
        const problem = grantProblem(
          patch.role ?? old.role,
          patch.scope === undefined ? old.scope : patch.scope,
        );
        if (problem !== undefined) throw invalid([{ path: 'scope', message: problem }]);
        const user = await tx.users.update(old.id, patch, now());
        if (isAdmin(old) && !isAdmin(user)) await refuseWithoutAdmin(tx, now());
        if (user.disabled) await tx.sessions.removeAll(user.id);
        const changed = changedFields(old, user);
        await tx.audit.add({ by: actor, action: 'update', noun: 'user', name, ...changed }, now());
        return user;
      });
    },
    remove: (name, actor) =>
      store.transaction(async (tx) => {
        const old = await find(tx, name);
        await tx.users.remove(old.id);
        if (isAdmin(old)) await refuseWithoutAdmin(tx, now());
        const before = { role: old.role, scope: old.scope, disabled: old.disabled };
        await tx.audit.add({ by: actor, action: 'remove', noun: 'user', name, before }, now());
      }),
    async setPassword(name, body, actor) {
      const { password } = parseInput(passwordInput, body);
      await find(store.read, name);
      await writePassword(name, password, actor);
    },
    async changePassword(body, actor) {
      const { current, password } = parseInput(changePasswordInput, body);
      if (actor.kind !== 'user') throw noPassword(actor);
      // Guessing is as slow here as at the login.
      gate.enter(actor.name, actor.from ?? '');
      const stored = await store.read.users.find(actor.name);
      if (!(await passwords.verify(current, stored?.password ?? null)))
        throw invalid([{ path: 'current', message: 'is not your password' }]);
      gate.pass(actor.name, actor.from ?? '');
      await writePassword(actor.name, password, actor);
    },
  };
}

function isAdmin({ role, disabled }: User): boolean {
  return role === 'admin' && !disabled;
}

function refuseWeak(password: string, name: string): void {
  const message = passwordProblem(password, name);
  if (message !== undefined) throw invalid([{ path: 'password', message }]);
}

function noPassword({ name }: Actor): DomainError {
  return new DomainError('wrong-state', `${name} has no password: it is no user that logs in with one`, {
    hint: 'the password of a user is set by an admin: provision user password NAME',
  });
}
