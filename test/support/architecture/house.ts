// The house as tables: rooms and who may import whom, and what only some files may touch. A new entry says why.

export interface Room {
  readonly name: string;
  readonly holds: RegExp;
  readonly mayImport: readonly string[];
}

const PROTOCOLS = ['dhcp', 'boot', 'tftp', 'ipmi', 'redfish', 'puppet', 'answer-file', 'syslog'].map(
  (name) => `src/${name}`,
);
const STORE_INTERFACES = 'the interfaces of src/store';
const SETUP = 'src/config, log.ts, clock.ts';

/** The first room that holds a file is its room. Every room may import from itself. */
export const ROOMS: readonly Room[] = [
  { name: 'src/domain', holds: /^src\/domain\//, mayImport: [] },
  ...PROTOCOLS.map((name) => ({ name, holds: new RegExp(`^${name}/`), mayImport: ['src/domain'] })),
  // group-commit.ts among them is the way of writing that store and services share; there is no database in it.
  {
    name: STORE_INTERFACES,
    holds: /^src\/store\/interfaces\//,
    mayImport: ['src/domain'],
  },
  { name: 'src/store', holds: /^src\/store\//, mayImport: ['src/domain', STORE_INTERFACES] },
  {
    name: 'src/services',
    holds: /^src\/services\//,
    mayImport: ['src/domain', ...PROTOCOLS, STORE_INTERFACES, SETUP],
  },
  { name: 'src/client', holds: /^src\/client\//, mayImport: ['src/domain'] },
  { name: 'src/cli', holds: /^src\/cli\//, mayImport: ['src/domain', 'src/client', SETUP] },
  { name: SETUP, holds: /^src\/(config\/[a-z-]+|config|log|clock)\.ts$/, mayImport: ['src/domain'] },
  {
    name: 'server',
    holds: /^server\//,
    mayImport: ['src/domain', ...PROTOCOLS, STORE_INTERFACES, 'src/store', 'src/services', SETUP],
  },
];

/** Something that only some files may do. `only` names files, or folders with a slash at the end. */
export interface Privilege {
  readonly what: string;
  readonly why: string;
  readonly only: readonly string[];
}

export interface ModulePrivilege extends Privilege {
  /** Exact specifiers; `fastify*` stands for all that begin so. */
  readonly modules: readonly string[];
}

export const MODULES: readonly ModulePrivilege[] = [
  {
    what: 'sockets and the HTTP server',
    why: 'only server/ listens and owns sockets',
    modules: ['node:dgram', 'node:net', 'node:tls', 'node:http*', 'fastify*', '@fastify/*'],
    only: [
      'server/',
      'src/cli/connect/http-transport.ts', // fetch cannot speak to a unix socket, and takes long to load
      'src/cli/connect/http-streams.ts', // the same, for answers without an end
      'src/cli/connect/tls-certificate.ts', // fetch cannot compare a certificate before it sends
    ],
  },
  {
    what: 'the file system',
    why: 'paths are checked in few places, so that none can leave its root',
    modules: ['node:fs*'],
    only: [
      'server/backup/', // backups, whose names are its own, and those that the command line names
      'server/bmc/console-log.ts', // what consoles wrote, by names of systems, below one folder
      'server/bmc/trusted-certificates.ts', // the authorities that the machine trusts, which Node does not read
      'server/command-line.ts', // is there a configuration file?
      'server/data-folder.ts', // makes the folders of the data folder
      'server/dpkg.ts', // the list of installed packages, and loaders out of them
      'server/files.ts',
      'server/folder-owner.ts',
      'server/handoff/', // keys and playbooks that the configuration names, logs by number, folders of runs
      'server/main.ts',
      'server/host-facts.ts', // reads /proc, /sys and /run
      'server/file-cache.ts', // keeps what files.ts has found below a root
      'server/http/boot/send-file.ts', // looks at what files.ts has found below a root
      'server/http/http-listener.ts', // the unix socket's file
      'server/http/pages/assets.ts', // what the build has made for browsers, read once
      'server/http/pages/views.ts', // views of the project, read once; nobody can name another
      'server/installer-logs/', // what installers said, by numbers of installs and names on a list, below one folder
      'server/loaders.ts', // reads and writes boot loaders, by names on a list
      'server/notify/email.ts', // the password of the mail server, by the configuration's path
      'server/notify/webhook.ts', // the secret of a webhook, by the configuration's path
      'server/net/interfaces.ts', // reads /sys/class/net
      'server/private-modes.ts', // looks at who may open the data folder
      'server/rotate-key.ts', // the key file and the next one
      'server/reserve.ts', // the room that is kept
      'server/secret-box.ts', // the key file
      'server/tls/certificate.ts', // the certificate, by the configuration's path or in the data folder
      'src/cli/records/editor.ts', // the file that is given to $EDITOR, in a private folder
      'src/cli/main.ts',
      'src/cli/help/write-man-pages.ts', // the manual, into the folder of the build
      'src/cli/records/record-files.ts', // records as files, where their user says
      'src/cli/records/replaceable.ts', // what stands where something is to be written
      'src/cli/connect/private-files.ts', // the saved logins, mode 0600
      'src/cli/output/save-stream.ts', // a backup, where the caller says
      'src/store/sqlite/sqlite.ts',
      'src/store/sqlite/flush.ts', // the database's log
      'src/store/sqlite/lock.ts', // the lock's file, and modes
      'src/store/sqlite/upkeep.ts', // copies of the database
      'src/store/sqlite/upkeep-thread.ts',
    ],
  },
  {
    what: 'other processes and threads',
    why: 'each one has to be ended and its input is an attack surface',
    modules: ['node:child_process', 'node:worker_threads', 'node:cluster', 'node:vm'],
    only: [
      'server/bmc/run-command.ts', // programs that the configuration names, without a shell, with time and output limits
      'server/handoff/with-keeper.ts', // ends what a run leaves behind, even when the service is gone
      'server/handoff/run-program.ts', // ansible-playbook and ssh, without a shell, which do not outlive the service
      'server/render/render-process.ts', // renders templates where an endless loop can be killed
      'src/cli/records/editor.ts', // the editor that its user names, without a shell
      'src/store/sqlite/checkpoint.ts', // a thread that empties the database's log
      'src/store/sqlite/checkpoint-thread.ts',
      'src/store/sqlite/upkeep.ts', // a thread that copies or checks the database, once
      'src/store/sqlite/upkeep-thread.ts',
    ],
  },
  {
    what: 'the SQLite driver',
    why: 'another database is another file, not another service',
    modules: ['better-sqlite3'],
    only: ['src/store/sqlite/'],
  },
  { what: 'the query builder', why: 'SQL stays in the store', modules: ['kysely*'], only: ['src/store/'] },
  { what: 'native calls', why: 'only sockets need them', modules: ['koffi'], only: ['server/net/'] },
  {
    what: 'templates',
    why: 'nunjucks is no sandbox',
    modules: ['nunjucks*'],
    only: ['src/answer-file/', 'server/http/pages/views.ts'],
  },
  {
    what: 'the command line',
    why: 'services and servers have no terminal',
    modules: ['commander', 'picocolors'],
    only: ['src/cli/'],
  },
];

export interface CallPrivilege extends Privilege {
  readonly call: RegExp;
}

export const CALLS: readonly CallPrivilege[] = [
  {
    what: 'the clock',
    why: 'time is an argument, so that tests set it',
    call: /\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/g,
    only: [
      'src/cli/main.ts',
      'server/main.ts', // when a restore was done
      'server/provisiond.ts',
      'server/bmc/clock.ts', // the clock of sessions with BMCs, handed on
      'server/tftp/addresses.ts', // the listener's clock, handed on
      'server/http/boot/send-file.ts', // how long a transfer took; decides nothing
    ],
  },
  {
    what: 'randomness',
    why: 'randomness is an argument, so that tests fix it',
    call: /\bMath\.random\b|\bcrypto\.(random\w+|getRandomValues)\b/g,
    only: [],
  },
];

/** node:crypto's sources of randomness; handed on as arguments from here. */
export const RANDOM_NAMES: Privilege & { readonly names: RegExp } = {
  what: 'randomness of node:crypto',
  why: 'randomness is an argument, so that tests fix it',
  names: /\b(random\w*|webcrypto)\b/,
  only: [
    'server/provisiond.ts',
    'server/secret-box.ts', // nonces, which nobody may choose
  ],
};

/** A file named after nothing collects everything. */
export const NAMELESS = /^(?:.*-)?(?:utils?|helpers?|commons?|misc)$|^types?$|^index$/;

export const LONGEST_FILE_LINES = 300;

/** Tables, which are long because what they describe is: file, and which table. */
export const LONG_TABLES: ReadonlyMap<string, string> = new Map([]);
