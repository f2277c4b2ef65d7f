import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInstall } from '../install-record.ts';
import { ADDRESS, type Lab, type Site } from '../lab.ts';
import type { Machine } from '../machine.ts';
import { type SshKey, waitForSsh } from '../ssh.ts';
import { stillOn } from '../watch.ts';

/** What a stranger's SSH client reads of the machine from inside. */
export interface Inside {
  readonly hostname: string;
  /** What the root file system is on. */
  readonly device: string;
  /** Debian and Linux. */
  readonly versions: string;
  /** Made by the installed system at its first start: another one after every install. */
  readonly machineId: string;
  /** Another one after every start. */
  readonly bootId: string;
  /** What the playbook has written; empty: it has not come there. */
  readonly written: string;
  readonly done: string;
}

const QUESTION = [
  'hostname',
  'findmnt -no SOURCE /',
  'echo "Debian $(cat /etc/debian_version), Linux $(uname -r)"',
  'cat /etc/machine-id /proc/sys/kernel/random/boot_id',
  'echo "$(cat /etc/provision-lab 2>/dev/null)"',
  'echo "$(cat /etc/provision-lab-done 2>/dev/null)"',
  // the power may go next
  'sync',
].join('; ');

/** Asks as soon as the machine answers with one of the host keys on record: another key is an error. */
export async function readInside(
  lab: Lab,
  site: Site,
  { machine, key, limitMs }: { machine: Machine; key: SshKey; limitMs: number },
): Promise<Inside> {
  const { hostKeys } = await readInstall(site);
  if (hostKeys.length === 0) throw new Error('the record has no host key of the machine');
  const knownHosts = join(site.dir, 'known_hosts');
  await writeFile(knownHosts, hostKeys.map((hostKey) => `${ADDRESS} ${hostKey}\n`).join(''));
  const target = { namespace: lab.network.serverNamespace, address: ADDRESS, key, knownHosts };
  const check = () => stillOn(machine);
  const output = await waitForSsh(lab.processes, target, { command: QUESTION, limitMs, check });
  const [hostname = '', device = '', versions = '', machineId = '', bootId = '', written = '', done = ''] =
    output.split('\n');
  return { hostname, device, versions, machineId, bootId, written, done };
}
