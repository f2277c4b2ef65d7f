import { type Distro, type DistroInput, distroInput, distroPatch } from '../domain/distro.ts';
import { invalid, notFound, type Problem } from '../domain/errors.ts';
import type { Patch } from '../domain/fields.ts';
import type { Actor, Deps } from './deps.ts';
import { inUse, mergePatch, nameTaken, parseInput, refuseStale } from './input.ts';

/** Says whether the service may read a file, and what it is. Implemented by server/files.ts. */
export interface FileFacts {
  /** The kind of the file, or the reason why it cannot be used, as a sentence. */
  inspect(path: string): Promise<{ kind: 'file' | 'directory'; size: number } | { refused: string }>;
}

/** Use cases of distros. */
export function distroService({ store, now }: Deps, files: FileFacts) {
  /** Looks at the files that are named. Always before a transaction: a slow disk must not hold up every writer. */
  const check = async (distro: Patch<DistroInput>): Promise<void> => {
    const problems: Problem[] = [];
    const expect = async (path: 'kernel' | 'initrd' | 'tree', kind: 'file' | 'directory'): Promise<void> => {
      const value = distro[path];
      if (value == null || !value.startsWith('/')) return;
      const facts = await files.inspect(value);
      if ('refused' in facts) problems.push({ path, message: facts.refused });
      else if (facts.kind !== kind) problems.push({ path, message: `${value} is not a ${kind}` });
    };
    await expect('kernel', 'file');
    await expect('initrd', 'file');
    await expect('tree', 'directory');
    if (problems.length > 0) throw invalid(problems);
  };
  return {
    list: () => store.read.distros.list(),

    async get(name: string): Promise<Distro> {
      const distro = await store.read.distros.find(name);
      if (distro === undefined) throw notFound('distro', name);
      return distro;
    },

    async add(body: unknown, actor: Actor): Promise<Distro> {
      const input = parseInput(distroInput, body);
      await check(input);
      return store.transaction(async (tx) => {
        if ((await tx.distros.find(input.name)) !== undefined) throw nameTaken('distro', input.name);
        const distro = await tx.distros.add(input, now());
        await tx.audit.add(
          { actor: actor.name, action: 'add', noun: 'distro', name: distro.name, detail: input },
          now(),
        );
        return distro;
      });
    },

    async update(name: string, body: unknown, actor: Actor, revision?: number): Promise<Distro> {
      const patch = parseInput(distroPatch, body);
      await check(patch);
      return store.transaction(async (tx) => {
        const old = await tx.distros.find(name);
        if (old === undefined) throw notFound('distro', name);
        refuseStale('distro', old, revision);
        const input = mergePatch(distroInput, old, patch);
        if (input.name !== name && (await tx.distros.find(input.name)) !== undefined) {
          throw nameTaken('distro', input.name);
        }
        await tx.audit.add(
          { actor: actor.name, action: 'update', noun: 'distro', name, detail: patch },
          now(),
        );
        return tx.distros.update(old.id, input, now());
      });
    },

    async remove(name: string, actor: Actor, revision?: number): Promise<void> {
      await store.transaction(async (tx) => {
        const old = await tx.distros.find(name);
        if (old === undefined) throw notFound('distro', name);
        refuseStale('distro', old, revision);
        const users = await tx.distros.usedBy(old.id);
        if (users.length > 0) throw inUse('distro', name, 'profile', users);
        await tx.distros.remove(old.id);
        await tx.audit.add({ actor: actor.name, action: 'remove', noun: 'distro', name, detail: {} }, now());
      });
    },
  };
}
