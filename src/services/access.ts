import { z } from 'zod';
import { DomainError } from '../domain/errors.ts';
import { recordName } from '../domain/fields.ts';
import type { Actor, Deps } from './deps.ts';
import { parseInput } from './input.ts';
import { refuseOutOfScope } from './scope.ts';
import { hashToken, newToken } from './token.ts';

const setupInput = z.strictObject({ token: z.string().max(200), name: recordName.default('admin') });

/**
 * Who may use the API: the owner of the data folder through the unix socket, and holders of a token. A fresh service
 * has no account and no default password: it prints one setup token, which makes the first API token and is then void.
 */
export function accessService({ store, now, randomBytes }: Deps) {
  let setupHash: string | null = null;
  return {
    /** The setup token of this run, or undefined when the service has been set up. It is kept as a hash only. */
    async openSetup(): Promise<string | undefined> {
      if ((await store.read.tokens.count()) > 0) return undefined;
      const token = newToken(randomBytes);
      setupHash = hashToken(token);
      return token;
    },

    /** Swaps the setup token for the first API token. */
    async setup(body: unknown): Promise<{ token: string; name: string }> {
      const input = parseInput(setupInput, body);
      if (setupHash === null || hashToken(input.token) !== setupHash) {
        throw new DomainError('unauthenticated', 'this is not the setup token of the running service', {
          hint: 'it is printed at the first start, holds until it is used, and changes with every start until then',
        });
      }
      // Void before anything is awaited: two callers at once must not both be let in.
      const used = setupHash;
      setupHash = null;
      const token = newToken(randomBytes);
      const adding = store.transaction(async (tx) => {
        await tx.tokens.add(input.name, hashToken(token), now());
        const entry = {
          actor: 'setup',
          action: 'setup' as const,
          noun: 'token',
          name: input.name,
          detail: {},
        };
        await tx.audit.add(entry, now());
      });
      await adding.catch((error) => {
        setupHash = used;
        throw error;
      });
      return { token, name: input.name };
    },

    /** Whose token is this? Look-up goes by hash, so its time tells nothing about the token. */
    async authenticate(token: string): Promise<Actor | undefined> {
      const found = await store.read.tokens.findByHash(hashToken(token));
      return found && { name: found.name, kind: 'token', role: 'admin', scope: null, from: null };
    },

    /** Throws DomainError 'not-found' for a system outside the actor's scope, as if it was not there. */
    refuseOutOfScope: (system: string, actor: Actor): Promise<void> =>
      refuseOutOfScope(store.read, system, actor),
  };
}

export type AccessService = ReturnType<typeof accessService>;
