import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import { createSshKey, type SshKey } from '../ssh.ts';

/** Name of the hand-off in the configuration, and in the profile. */
export const HANDOFF = 'lab';
/** What the configuration tells the playbook, and the playbook the machine. */
export const WORD = 'by-ansible';

/** A hand-off to ansible-playbook that fails until a gate is opened. */
export interface LabHandoff {
  readonly key: SshKey;
  /** The section of the configuration. */
  readonly config: Readonly<Record<string, object>>;
  openGate(): Promise<void>;
}

export async function createHandoff(lab: Lab): Promise<LabHandoff> {
  const dir = join(lab.workDir, 'handoff');
  await mkdir(dir);
  const key = await createSshKey(lab.processes, dir);
  const playbook = join(lab.root, 'test/lab/handoff/site.yml');
  await access(playbook);
  const gate = join(dir, 'gate');
  const definition = {
    driver: 'ansible',
    playbook,
    privateKeyFile: key.path,
    extraVars: { lab_gate: gate, lab_word: WORD },
    tries: 1,
  };
  return {
    key,
    config: { handoff: { definitions: { [HANDOFF]: definition } } },
    openGate: () => writeFile(gate, ''),
  };
}
