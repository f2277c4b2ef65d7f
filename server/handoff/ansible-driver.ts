import type { DefinitionOf } from '../../src/domain/handoff/handoff-definition.ts';
import type { HandoffDriver, HandoffOutcome } from '../../src/services/handoff/driver.ts';
import type { InventoryFacts } from '../../src/services/handoff/inventory-facts.ts';
import { createAnsibleReader } from '../../src/services/handoff/read-ansible.ts';
import { type AnsibleOrder, prepareAnsible } from './ansible-files.ts';
import { programProblem, readableProblem, secretFileProblem } from './definition-files.ts';
import { type RunFolder, withRunFolder } from './run-folder.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { CLEAN_ENVIRONMENT } from './ssh-options.ts';
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
    about: () => versionOf(program()),
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
      const decoder = new TextDecoder();
      const runIn = async (runFolder: RunFolder): Promise<ProgramEnd> => {
        const { args, env } = await prepareAnsible(order, facts, runFolder);
        const onOutput = (bytes: Buffer): void => {
          order.log(bytes);
          reader.read(decoder.decode(bytes, { stream: true }));
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

/** `core 2.14.18`, of the first line of --version; nothing where it does not say. */
async function versionOf(program: string): Promise<string> {
  let said = '';
  const env = { ...CLEAN_ENVIRONMENT, HOME: '/nonexistent' };
  const onOutput = (bytes: Buffer): void => {
    said += bytes.toString('latin1');
  };
  const run = { program, args: ['--version'], env, cwd: '/', timeoutMs: 20_000, mark: 'version', onOutput };
  await runProgram(run, new AbortController().signal);
  return /^ansible-playbook \[(core [0-9.a-z]+)\]/.exec(said)?.[1] ?? '';
}
