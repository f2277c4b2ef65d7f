/**
 * Why a hand-off failed, and what to do next: the one table of outcomes that every driver speaks. Only what says
 * `again` may go away by itself, so only that is tried again. NAME is the system, ID the run.
 */
export const HANDOFF_FAILURES = {
  'not-usable': {
    again: false,
    says: 'the hand-off cannot be used as it is configured',
    next: 'mend it in the configuration file (provision doctor says what is wrong), then: provision handoff retry NAME',
  },
  'no-address': {
    again: true,
    says: 'no address of the machine is known',
    next: 'look whether it has a lease (provision lease list), or give it an address, then: provision handoff retry NAME',
  },
  'no-host-keys': {
    again: false,
    says: 'the machine reported no SSH host key at its first boot, and no other word for one is taken',
    next: 'install an SSH server by the answer file, and report its keys as kickstarts/snippets/ does; then install again',
  },
  'ssh-silent': {
    again: false,
    says: 'SSH did not answer in time',
    next: 'look at its console whether sshd runs, and at firewalls between; then: provision handoff retry NAME',
  },
  'wrong-host-key': {
    again: false,
    says: 'SSH answers with another host key than the machine reported at its first boot',
    next: 'find out who answers at this address (another machine, an old system, somebody in between); if its keys were made anew on purpose, install again',
  },
  'login-refused': {
    again: false,
    says: 'SSH answers, and does not let the hand-off in',
    next: 'put the public half of privateKeyFile into the machine (provision profile edit … --ssh-key), for the user of the hand-off; then: provision handoff retry NAME',
  },
  unreachable: {
    again: true,
    says: 'the machine could not be reached in the middle',
    next: 'see what happened: provision handoff log ID; then: provision handoff retry NAME',
  },
  'task-failed': {
    again: true,
    says: 'a task failed',
    next: 'see why: provision handoff log ID; mend the playbook or the machine, then: provision handoff retry NAME',
  },
  'playbook-error': {
    again: false,
    says: 'ansible-playbook cannot make sense of the playbook',
    next: 'see where: provision handoff log ID; mend the playbook (ansible-playbook --syntax-check), then: provision handoff retry NAME',
  },
  'no-hosts': {
    again: false,
    says: 'the playbook has nothing for this machine',
    next: 'name one of its groups in `hosts:` (provision inventory --ansible shows them), or give it a role; then: provision handoff retry NAME',
  },
  'time-limit': {
    again: false,
    says: 'it did not end within its time limit',
    next: 'see where it stood: provision handoff log ID; raise timeoutSeconds if it only needs longer, then: provision handoff retry NAME',
  },
  'ca-unreachable': {
    again: true,
    says: 'the CA of Puppet cannot be reached',
    next: 'look at the Puppet server, and at ca.url and the certificates of the hand-off (provision doctor); then: provision handoff retry NAME',
  },
  'ca-refused': {
    again: false,
    says: 'the CA of Puppet does not do what it is asked',
    next: 'let the certificate of this service manage others (puppetserver ca generate --ca-client); then: provision handoff retry NAME',
  },
  'request-refused': {
    again: true,
    says: "the machine's certificate was not signed",
    next: 'see why: provision handoff log ID. A request without the challenge of its installation comes from another machine, or from an agent that ran before; remove what the agent keeps (puppet ssl clean) on the machine, then: provision handoff retry NAME',
  },
  'agent-failed': {
    again: true,
    says: 'the run of the Puppet agent failed',
    next: 'see why: provision handoff log ID; mend the manifests or the machine, then: provision handoff retry NAME',
  },
  'agent-missing': {
    again: false,
    says: 'there is no Puppet agent on the machine',
    next: 'have the answer file install it (provision profile edit … --packages puppet-agent), or install it by hand; then: provision handoff retry NAME',
  },
  ended: {
    again: true,
    says: 'the program was ended from outside, or broke',
    next: 'see its last lines: provision handoff log ID; look for a lack of memory (journalctl -k), then: provision handoff retry NAME',
  },
  'not-started': {
    again: false,
    says: 'a program that it needs cannot be started',
    next: 'install it (apt-get install ansible-core openssh-client), then: provision handoff retry NAME',
  },
  interrupted: {
    again: false,
    says: 'the service was ended in the middle too often',
    next: 'see in the log of the service why it ends, then: provision handoff retry NAME',
  },
  'webhook-failed': {
    again: true,
    says: 'the receiver of the webhook did not take it',
    next: 'look at the receiver and its log, then: provision handoff retry NAME',
  },
  'webhook-refused': {
    again: false,
    says: 'the receiver of the webhook refused it',
    next: 'compare URL and secret with the receiver, then: provision handoff retry NAME',
  },
} as const satisfies Readonly<Record<string, { again: boolean; says: string; next: string }>>;

export type HandoffFailure = keyof typeof HANDOFF_FAILURES;

/** What to do about a run that failed; `install`: null for a run on a machine in service, which is asked for anew. */
export function handoffHint(
  failure: HandoffFailure | null,
  run: { readonly id: number; readonly system: string; readonly install: number | null },
): string | null {
  if (failure === null) return null;
  const again = run.install === null ? 'provision handoff run NAME' : 'provision handoff retry NAME';
  return HANDOFF_FAILURES[failure].next
    .replace('provision handoff retry NAME', again)
    .replaceAll('NAME', run.system)
    .replaceAll('ID', String(run.id));
}
