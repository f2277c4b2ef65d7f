import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inNamespace } from './network.ts';
import { CommandFailed, type Processes } from './processes.ts';
import { waitFor } from './wait.ts';

export interface SshKey {
  readonly path: string;
  readonly publicKeyFile: string;
}

/** A key pair of this run only: nobody else's machine lets it in. */
export async function createSshKey(processes: Processes, dir: string): Promise<SshKey> {
  const path = join(dir, 'id_ed25519');
  await processes.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'provision-lab', '-f', path]);
  return { path, publicKeyFile: `${path}.pub` };
}

export interface SshTarget {
  readonly namespace: string;
  readonly address: string;
  readonly key: SshKey;
  /** A known_hosts file, which alone is believed; without one any host key is. */
  readonly knownHosts?: string;
}

/**
 * Runs one command as root on the machine, with the key and nothing but the key.
 * @returns its output, or undefined as long as nobody answers. A machine that refuses the key, or has another host key than the known one, fails.
 */
async function trySsh(processes: Processes, target: SshTarget, command: string): Promise<string | undefined> {
  const options = [
    ...['-i', target.key.path, '-F', '/dev/null', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
    ...['-o', `StrictHostKeyChecking=${target.knownHosts === undefined ? 'no' : 'yes'}`],
    ...['-o', `UserKnownHostsFile=${target.knownHosts ?? '/dev/null'}`, '-o', 'LogLevel=ERROR'],
    ...['-o', 'GlobalKnownHostsFile=/dev/null'],
    ...['-o', 'ConnectTimeout=5', '-o', 'ServerAliveInterval=10'],
  ];
  const [program, args] = inNamespace(target.namespace, 'ssh', [
    ...options,
    `root@${target.address}`,
    command,
  ]);
  try {
    return await processes.run(program, args, { timeoutMs: 90_000, env: await withoutAgent() });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    if (/Permission denied|Host key verification failed/.test(error.stderr)) throw error;
    return undefined;
  }
}

/** Keys in the caller's agent would prove nothing about the profile's key. */
async function withoutAgent(): Promise<NodeJS.ProcessEnv> {
  const { SSH_AUTH_SOCK: _, ...rest } = process.env;
  return rest;
}

/** Waits until the machine answers SSH with this key, and gives the output of the command. */
export async function waitForSsh(
  processes: Processes,
  target: SshTarget,
  { command, limitMs, check }: { command: string; limitMs: number; check: () => Promise<void> },
): Promise<string> {
  return waitFor({ what: `SSH on ${target.address}`, limitMs, everyMs: 1000 }, async () => {
    const output = await trySsh(processes, target, command);
    if (output === undefined) await check();
    return output;
  });
}

/** The text of the public key, without its comment: what has to be in authorized_keys. */
export async function readPublicKey(key: SshKey): Promise<string> {
  return (await readFile(key.publicKeyFile, 'utf8')).trim();
}
