import type { HandoffTarget, SshAnswer, SshNeed } from '../../src/services/handoff/driver.ts';
import { readSsh } from '../../src/services/handoff/read-ssh.ts';
import { withRunFolder } from './run-folder.ts';
import { runProgram } from './run-program.ts';
import { CLEAN_ENVIRONMENT, sshOptions, writeKnownHosts } from './ssh-options.ts';

/** Who logs in; null where only the host key is looked at. */
export interface SshLogin {
  readonly user: string;
  readonly privateKeyFile: string;
}

export interface ProbeOrder {
  readonly target: HandoffTarget;
  readonly login: SshLogin | null;
  /** Folder for the run's folder. */
  readonly folder: string;
  readonly name: string;
  readonly mark: string;
}

const CONNECT_SECONDS = 10;
const WHOLE_MS = 20_000;
/** `ssh -v` writes some kilobytes. */
const MOST_BYTES = 64 * 1024;

/**
 * Does SSH answer with one of the reported host keys, and let us in? ssh itself is asked and not ssh-keyscan: that takes the
 * server's word for its key without the proof that it has the private half (RFC 4253 §8), opens a connection for each kind of
 * key, none of which logs in, for which OpenSSH 9.8 locks addresses out (PerSourcePenalties), and tells nothing about the login.
 * In return ssh has one exit status for everything, so that its words are read (read-ssh.ts).
 */
export function probeSsh(order: ProbeOrder, signal: AbortSignal): Promise<SshAnswer> {
  const { target, login } = order;
  return withRunFolder(order.folder, order.name, async (folder) => {
    const knownHosts = await writeKnownHosts(folder, target);
    let said = '';
    const ended = await runProgram(
      {
        program: 'ssh',
        args: [...argumentsOf(login, knownHosts), '-p', String(target.port), '--', target.address, 'true'],
        env: CLEAN_ENVIRONMENT,
        cwd: '/',
        timeoutMs: WHOLE_MS,
        mark: order.mark,
        onOutput: (bytes) => {
          if (said.length < MOST_BYTES) said += bytes.toString('latin1');
        },
      },
      signal,
    );
    if (ended.kind === 'not-started') return { kind: 'not-started', detail: `ssh (${ended.code})` };
    const need: SshNeed = login === null ? 'host-key' : 'login';
    return readSsh(said, need, target.hostKeys);
  });
}

function argumentsOf(login: SshLogin | null, knownHosts: string): string[] {
  const usual = [
    '-v',
    '-T',
    ...sshOptions(knownHosts),
    '-o',
    'BatchMode=yes',
    '-o',
    `ConnectTimeout=${CONNECT_SECONDS}`,
    '-o',
    'ControlPath=none',
  ];
  if (login === null) return [...usual, '-o', 'PreferredAuthentications=none', '-l', 'provision'];
  return [...usual, '-i', login.privateKeyFile, '-l', login.user];
}
