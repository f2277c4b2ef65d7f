import type { DefinitionOf } from '../../src/domain/handoff-definition.ts';
import type { HandoffDriver, HandoffOutcome } from '../../src/services/handoff/driver.ts';
import type { InventoryFacts } from '../../src/services/handoff/inventory-facts.ts';
import { createAnsibleReader } from '../../src/services/handoff/read-ansible.ts';
import { type AnsibleOrder, prepareAnsible } from './ansible-files.ts';
import { programProblem, readableProblem, secretFileProblem } from './definition-files.ts';
import { type RunFolder, withRunFolder } from './run-folder.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { withKeeper } from './with-keeper.ts';

export interface AnsibleParts {
  /** Folder that the folders of runs are made in. */
  readonly folder: string;
  /** ansible-playbook, as the configuration names it. */
  readonly program: () => string;
  /** The mark of a run. */
  readonly markOf: (id: number) => string;
  readonly inventory: (system: string) => Promise<InventoryFacts>;
}

/** The driver `ansible`: ansible-playbook of this machine, over SSH. */
export function createAnsibleDriver(parts: AnsibleParts): HandoffDriver<DefinitionOf<'ansible'>> {
  const { folder, program, markOf } = parts;
  return {
    needs: () => 'login',
    canCheck: true,
    async problems({ playbook, privateKeyFile, ansibleConfig, vaultPasswordFile }) {
      const found = await Promise.all([
        readableProblem('playbook', playbook),
        secretFileProblem('privateKeyFile', privateKeyFile),
        ansibleConfig === null ? undefined : readableProblem('ansibleConfig', ansibleConfig),
        vaultPasswordFile === null ? undefined : secretFileProblem('vaultPasswordFile', vaultPasswordFile),
        programProblem(program(), 'apt-get install ansible-core'),
        programProblem('ssh', 'apt-get install openssh-client'),
        programProblem('setpriv', 'apt-get install util-linux'),
      ]);
      return found.flatMap((problem) => problem ?? []);
    },
    async run(order, signal) {
      const { id, system } = order.handoff;
      const facts = await parts.inventory(system);
      const reader = createAnsibleReader(system);
      const runIn = async (runFolder: RunFolder): Promise<ProgramEnd> => {
        const { args, env } = await prepareAnsible(order, facts, runFolder);
        const onOutput = (bytes: Buffer): void => {
          order.log(bytes);
          reader.read(bytes.toString('utf8'));
        };
        const timeoutMs = order.definition.timeoutSeconds * 1000;
        const cwd = runFolder.path;
        return runProgram(
          { program: program(), args, env, cwd, timeoutMs, mark: markOf(id), onOutput },
          signal,
        );
      };
      const ended = await withRunFolder(folder, String(id), (runFolder) =>
        // Inside the folder's life: connections that wait for the next task have their sockets in there.
        withKeeper(markOf(id), () => runIn(runFolder)),
      );
      return outcomeOf(ended, order, reader.outcome);
    },
  };

  function outcomeOf(
    ended: ProgramEnd,
    { definition }: AnsibleOrder,
    read: (exitStatus: number | null) => HandoffOutcome,
  ): HandoffOutcome {
    switch (ended.kind) {
      case 'exited':
        return read(ended.exitStatus);
      case 'too-late':
        return { ...read(null), failure: 'time-limit', message: `${definition.timeoutSeconds} s` };
      case 'not-started':
        return { failure: 'not-started', message: `${program()} (${ended.code})`, changed: null };
    }
  }
}
