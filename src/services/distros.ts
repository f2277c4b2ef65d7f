import { invalid, type Problem } from '../domain/errors.ts';
import { type Distro, type DistroInput, distroInput, distroPatch } from '../domain/records/distro.ts';
import type { Patch } from '../domain/records/fields.ts';
import { recordQuery } from '../domain/records/record-query.ts';
import type { Deps } from './deps.ts';
import { inUse, mergePatch, nameTaken, parseInput } from './records/input.ts';
import { pageOf } from './records/pages.ts';
import type { RecordKind } from './records/record-kind.ts';
import { recordUseCases } from './records/record-use-cases.ts';

/** Says whether the service may read a file, and what it is. Implemented by server/files.ts. */
export interface FileFacts {
  /** The kind of the file, or the reason why it cannot be used, as a sentence. */
  inspect(path: string): Promise<{ kind: 'file' | 'directory'; size: number } | { refused: string }>;
}

/** Use cases of distros. */
export function distroService(deps: Deps, files: FileFacts) {
  return recordUseCases(deps, distroKind(deps, files));
}

function distroKind({ now }: Deps, files: FileFacts): RecordKind<Distro, DistroInput, Distro> {
  return {
    noun: 'distro',
    schema: distroInput,
    secretPaths: [],
    whole: {},
    parse: async (body) => parseInput(distroInput, body),
    parseEdit: (body) => parseInput(distroPatch, body),
    merge: (old, edit) => mergePatch(distroInput, old, edit),
    inspect: inspectFiles(files),
    list: (tx) => tx.distros.list(),
    async page(tx, query) {
      const asked = parseInput(recordQuery, query);
      return { ...pageOf(await tx.distros.list(), asked), fields: asked.fields };
    },
    find: (tx, name) => tx.distros.find(name),
    recordOf: (distro) => distro,
    editable: (distro) => distro,
    settled: (input) => input,
    choosesAddress: () => false,
    secrets: () => ({}),

    async add(tx, input) {
      if ((await tx.distros.find(input.name)) !== undefined) throw nameTaken('distro', input.name);
      return tx.distros.add(input, now());
    },

    async replace(tx, old, input) {
      if (input.name !== old.name && (await tx.distros.find(input.name)) !== undefined)
        throw nameTaken('distro', input.name);
      return tx.distros.update(old.id, input, now());
    },

    async remove(tx, old) {
      const users = await tx.distros.usedBy(old.id);
      if (users.length > 0) throw inUse('distro', old.name, 'profile', users);
      await tx.distros.remove(old.id);
    },
    committed() {},
  };
}

/** Looks at the files that are named. Always before a transaction: a slow disk must not hold up every writer. */
function inspectFiles(files: FileFacts) {
  return async (distro: Patch<DistroInput>): Promise<void> => {
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
}
