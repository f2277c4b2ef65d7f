import { z } from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { recordName } from '../../domain/records/fields.ts';
import { hashToken, newToken } from '../boot/token.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';
import { auditLog } from './audit-log.ts';
import { createLoginGate } from './login-gate.ts';
import { createPasswords } from './passwords.ts';
import { refuseOutOfScope } from './scope.ts';
import { sessionService } from './sessions.ts';
import { newApiToken, tokenService } from './tokens.ts';
import { userService } from './users.ts';

export const setupInput = z.strictObject({ token: z.string().max(200), name: recordName.default('admin') });

/**
 * Who may use the API: the owner of the data folder through the unix socket, holders of a token, and users who log in. A
 * fresh service has no account and no default password: it prints one setup token, which makes the first API token and is
 * then void.
 */
export function accessService(deps: Deps) {
  const { store, now, randomBytes } = deps;
  const passwords = createPasswords(randomBytes);
  const gate = createLoginGate(now);
  let setupHash: string | null = null;
  const isSetUp = async (tx = store.read): Promise<boolean> =>
    (await tx.tokens.count()) > 0 || (await tx.users.count()) > 0;

  return {
    tokens: tokenService(deps),
    users: userService(deps, passwords, gate),
    sessions: sessionService(deps, passwords, gate),
    audit: auditLog(deps),
    isSetUp,

    /** The setup token of this run, or undefined when the service has been set up. It is kept as a hash only. */
    async openSetup(): Promise<string | undefined> {
      if (await isSetUp()) return undefined;
      const token = newToken(randomBytes);
      setupHash = hashToken(token);
      return token;
    },

    /** Swaps the setup token for the first API token. `from`: the address of the caller. */
    async setup(
      body: unknown,
      about: Pick<Actor, 'from' | 'request'>,
    ): Promise<{ token: string; name: string }> {
      const input = parseInput(setupInput, body);
      if (setupHash === null || hashToken(input.token) !== setupHash) throw notTheSetupToken();
      // Void before anything is awaited: two callers at once must not both be let in.
      const used = setupHash;
      setupHash = null;
      const token = newApiToken(randomBytes);
      const adding = store.transaction(async (tx) => {
        // Somebody was added by the unix socket meanwhile: that was the setup.
        if (await isSetUp(tx)) throw notTheSetupToken();
        const write = { name: input.name, role: 'admin', scope: null, expiresAtMs: null } as const;
        await tx.tokens.add({ ...write, hash: hashToken(token), createdBy: 'setup' }, now());
        const by = { name: 'setup', kind: 'setup', ...about };
        const after = { role: 'admin', scope: null, expiresAt: null };
        await tx.audit.add({ by, action: 'setup', noun: 'token', name: input.name, after }, now());
      });
      await adding.catch((error) => {
        setupHash = used;
        throw error;
      });
      return { token, name: input.name };
    },

    /** Throws DomainError 'not-found' for a system outside the actor's scope, as if it was not there. */
    refuseOutOfScope: (system: string, actor: Actor): Promise<void> =>
      refuseOutOfScope(store.read, system, actor),
  };
}

export type AccessService = ReturnType<typeof accessService>;

function notTheSetupToken(): DomainError {
  return new DomainError('unauthenticated', 'this is not the setup token of the running service', {
    hint: 'it is printed at the first start, holds until it is used, and changes with every start until then',
  });
}
