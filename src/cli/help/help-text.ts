import { DEFAULT_SERVER } from '../connect/server-address.ts';

export const ROOT_SUMMARY = 'Describe machines and install them over the network, by a provisiond server.';

/** Every noun with verbs, in the order of a first installation. */
export const NOUN_SUMMARIES: Readonly<Record<string, string>> = {
  distro: 'kernel, initrd and install tree of one release',
  profile: 'a distro with answer file and defaults, for many systems',
  subnet: 'a network: gateway, DNS, dynamic ranges, DHCP',
  system: 'one machine: its record, its installs, its timeline',
  install: 'installs of one machine or many: plan, start, queue, progress',
  power: 'switching machines on and off, and what they boot from next',
  handoff: 'configuring machines after their first boot, and those in service again',
  bmc: 'what the controllers of machines say',
  notification: 'what webhooks and mail are told',
  lease: 'addresses that are given out',
  loaders: 'the boot loaders that machines are sent',
  token: 'API tokens: who has which, with what role, until when',
  user: 'people who log in with a name and a password',
  session: 'who is logged in by a browser',
  context: 'saved logins: which servers, as whom',
};

/** Commands of one word, each with its summary: help says them without loading the commands. */
export const WORD_SUMMARIES: Readonly<Record<string, string>> = {
  explain: 'say what a machine would get now, and why, without a machine; nothing is changed',
  console: 'sit at the serial console of a machine, by its BMC; ~. leaves',
  apply: 'make the records what files say, all of them or nothing',
  diff: 'say how records differ from files; exit status 0 if they do not, 9 if they do',
  export: 'write every record as a document that makes them again; without secrets',
  inventory: 'the machines for configuration management, as Ansible reads them or as a table',
  audit: 'show who did what, from where and when, newest last',
  whoami: 'say who you are to the server, and what you may do',
  status: 'show what the server listens on, and how to mend what it does not',
  doctor: 'say what is missing or wrong, and what to do about it; exit status 1 if there is a problem',
  completion: 'print what makes a shell complete commands, flags and names of records: bash, zsh or fish',
  login: 'log in to a server with a token, and pin its certificate where nobody vouches for it',
  logout: 'forget a saved login; its token stays valid until it expires or is revoked',
  backup: 'write a backup of the running service to a file, which provisiond restore takes',
  restore: 'say how a backup is put back: by provisiond itself, on the server, while the service is stopped',
  setup: 'log in with the setup token that provisiond printed at its first start',
};

export const EXAMPLES_TITLE = 'Examples:';

/** What stands below the commands in `provision --help`. */
export const ROOT_HELP_AFTER = `
Output:
  Data goes to stdout, words to stderr. A terminal gets tables, a pipe gets tab-separated values without a header,
  --json gets the API's JSON, --yaml the same as YAML, --csv lists with a header, --quiet names only.

The server is the first of: --server, --context, $PROVISION_SERVER, $PROVISION_CONTEXT, the current login,
  ${DEFAULT_SERVER}
The token is the first of: --token-file, $PROVISION_TOKEN, the saved login; a unix socket needs none.

Exit codes:
  0 done          1 failed        2 usage            3 not found
  4 conflict      5 refused       6 not permitted    7 server not reachable
  8 done for some of several                      9 diff: there is a difference

Examples:
  $ provision system add web001 --profile debian-13 --mac 52:54:00:12:34:56 --ip 10.99.0.11
  $ provision system install web001
  $ provision system timeline web001 --follow`;
