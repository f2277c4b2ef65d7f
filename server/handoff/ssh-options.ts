import type { HandoffTarget } from '../../src/services/handoff/driver.ts';
import { knownHostsText } from '../../src/services/handoff/read-ssh.ts';
import type { RunFolder } from './run-folder.ts';

/**
 * How ssh is told whom to believe: only keys of the file for this run, nothing of the user, the machine or the network. Of two
 * values of an option the first counts, so what a playbook adds changes none of these.
 */
export function sshOptions(knownHosts: string): string[] {
  return [
    '-F',
    'none',
    ...Object.entries({
      StrictHostKeyChecking: 'yes',
      UserKnownHostsFile: knownHosts,
      GlobalKnownHostsFile: '/dev/null',
      KnownHostsCommand: 'none',
      CheckHostIP: 'no',
      UpdateHostKeys: 'no',
      VerifyHostKeyDNS: 'no',
      IdentityAgent: 'none',
      IdentitiesOnly: 'yes',
      ForwardAgent: 'no',
      PasswordAuthentication: 'no',
      KbdInteractiveAuthentication: 'no',
    }).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  ];
}

/** Writes the known_hosts of a run, with the machine's keys and no others. */
export function writeKnownHosts(folder: RunFolder, target: HandoffTarget): Promise<string> {
  return folder.write('known_hosts', knownHostsText(target.address, target.port, target.hostKeys));
}

/** All of the environment of our programs; Ansible's is added to it. */
export const CLEAN_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
