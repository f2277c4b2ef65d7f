/** What one flag of Cobbler is here: other words, or a sentence about what is done here in its place. */
export type FlagMeaning =
  | { readonly as: string }
  | { readonly words: (value: string) => readonly string[] }
  | { readonly instead: string };

export interface FlagAlias {
  readonly flags: readonly string[];
  /** Nouns for which it holds; absent: all. */
  readonly nouns?: readonly string[];
  readonly meaning: FlagMeaning;
}

const POWER_TYPES: Readonly<Record<string, string>> = {
  ipmi: 'ipmi',
  ipmilan: 'ipmi',
  ipmilanplus: 'ipmi',
  ipmitool: 'ipmi',
  idrac: 'ipmi',
  ilo3: 'ipmi',
  ilo4: 'ipmi',
  ilo5: 'ipmi',
  imm: 'ipmi',
  redfish: 'redfish',
  ether_wake: 'wol',
  wol: 'wol',
};

const BREEDS: Readonly<Record<string, string>> = { ubuntu: 'debian', debian: 'debian', redhat: 'redhat' };

/**
 * Flags that Cobbler's users type. A flag that a command of ours has itself means what it says there. The one table of
 * these aliases; docs/cli.md lists them.
 */
export const COBBLER_FLAGS: readonly FlagAlias[] = [
  { flags: ['--mac-address'], meaning: { as: '--mac' } },
  { flags: ['--ip-address'], meaning: { as: '--ip' } },
  { flags: ['--dns-name'], nouns: ['system'], meaning: { as: '--hostname' } },
  { flags: ['--kopts', '--kernel-options'], meaning: { as: '--kernel-args' } },
  {
    flags: ['--ksmeta', '--autoinstall-meta'],
    meaning: {
      words: (value) => shellWords(value).map((pair) => `--var=${pair.includes('=') ? pair : `${pair}=`}`),
    },
  },
  { flags: ['--kickstart', '--autoinstall'], nouns: ['profile'], meaning: { as: '--answer-file' } },
  {
    flags: ['--kickstart', '--autoinstall'],
    nouns: ['system'],
    meaning: {
      instead:
        'answer files belong to profiles: provision profile copy PROFILE OTHER --answer-file FILE, and --profile OTHER here',
    },
  },
  { flags: ['--power-address'], meaning: { as: '--bmc' } },
  { flags: ['--power-user', '--power-username'], meaning: { as: '--bmc-user' } },
  {
    flags: ['--power-pass', '--power-password'],
    meaning: {
      instead:
        'everybody on this machine could read it in the process list: --bmc-password-stdin, or $PROVISION_BMC_PASSWORD',
    },
  },
  {
    flags: ['--power-type'],
    meaning: { words: (value) => [`--bmc-driver=${POWER_TYPES[value.toLowerCase()] ?? value}`] },
  },
  { flags: ['--power-id'], meaning: { as: '--bmc-node' } },
  {
    flags: ['--breed'],
    nouns: ['distro'],
    meaning: { words: (value) => [`--family=${BREEDS[value] ?? value}`] },
  },
  { flags: ['--os-version'], nouns: ['distro'], meaning: { as: '--version' } },
  { flags: ['--name-servers'], nouns: ['subnet'], meaning: { words: (value) => [`--dns=${listOf(value)}`] } },
  {
    flags: [
      '--name-servers',
      '--name-servers-search',
      '--gateway',
      '--if-gateway',
      '--netmask',
      '--static-routes',
    ],
    nouns: ['system', 'profile'],
    meaning: {
      instead: 'networks are subnets: provision subnet add NAME --network 10.0.0.0/24 --gateway … --dns …',
    },
  },
  { flags: ['--boot-loader', '--boot-loaders'], meaning: { as: '--loader' } },
  {
    flags: ['--next-server', '--next-server-v4'],
    nouns: ['system', 'profile'],
    meaning: { instead: 'it is a subnet’s: provision subnet edit NAME --next-server IP' },
  },
  {
    flags: ['--filename'],
    meaning: { instead: 'no record names a boot file: the firmware and --loader decide' },
  },
  {
    flags: ['--proxy'],
    meaning: { instead: 'the shipped answer files take it as a variable: --var proxy=URL' },
  },
  {
    flags: ['--mgmt-classes', '--management-classes'],
    meaning: { words: (value) => [`--role=${listOf(value)}`] },
  },
  {
    flags: ['--netboot-enabled'],
    meaning: {
      instead:
        'nothing installs unless it is told to: provision system install NAME, provision system cancel NAME',
    },
  },
  {
    flags: ['--static'],
    meaning: { instead: 'an address of a record is always fixed: --ip ADDRESS; --ip none is dynamic' },
  },
  { flags: ['--status'], meaning: { instead: 'what a machine is for are roles: --role production' } },
  {
    flags: ['--owners'],
    meaning: { instead: 'who may do what are roles and scopes of users: provision help user' },
  },
  {
    flags: ['--parent'],
    meaning: { instead: 'profiles stand beside each other: provision profile copy FROM TO' },
  },
  {
    flags: ['--repos'],
    meaning: { instead: 'repositories are part of the answer file, or of the hand-off' },
  },
  { flags: ['--delete-interface'], meaning: { instead: 'say which: --remove-interface NAME' } },
  {
    flags: ['--clobber'],
    meaning: { instead: 'change what is there: provision … edit, or provision apply -f FILE' },
  },
  { flags: ['--in-place'], meaning: { words: () => [] } },
  {
    flags: [
      '--virt-type',
      '--virt-ram',
      '--virt-cpus',
      '--virt-file-size',
      '--virt-path',
      '--virt-bridge',
      '--virt-auto-boot',
    ],
    meaning: {
      instead: 'virtual machines are made by whoever runs them; their record is that of any machine',
    },
  },
];

/** Flags without a value. */
export const COBBLER_SWITCHES: readonly string[] = ['--in-place', '--delete-interface', '--clobber'];

/** `a,b` of `a b` or `a,b`. */
function listOf(value: string): string {
  return value
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .join(',');
}

/** Words as a shell splits them, as far as quotes go: `a=1 'b=2 3'`. */
function shellWords(text: string): string[] {
  return [...text.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}
