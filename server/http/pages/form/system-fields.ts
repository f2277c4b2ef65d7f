/** How one field of a form is shown. */
export interface FieldText {
  readonly label: string;
  readonly help?: string;
  readonly placeholder?: string;
  /** What an empty choice means. */
  readonly empty?: string;
  /** Records whose names can be chosen. */
  readonly from?: 'profiles' | 'subnets';
  readonly secret?: true;
  /** An empty text means something of its own. */
  readonly mayBeEmpty?: true;
  /** Filled in for a new entry of a list; `#` is its number from 0. */
  readonly prefill?: string;
  /** Looked at while it is typed. */
  readonly check?: 'name' | 'mac' | 'address' | 'bmc-address';
  /** The field beside it that bears on the check as well. */
  readonly checkWith?: string;
  /** Shown only when one asks for more. */
  readonly more?: true;
  /** As wide as the form. */
  readonly wide?: true;
}

/** The parts of the form, in their order, with the fields of the record that stand in each. */
export const SYSTEM_GROUPS: readonly {
  readonly id: string;
  readonly title: string;
  readonly help?: string;
  readonly fields: readonly string[];
  /** Closed as long as nothing stands in it. */
  readonly closed?: true;
}[] = [
  { id: 'basics', title: 'The machine', fields: ['name', 'hostname', 'profile', 'roles', 'comment'] },
  {
    id: 'network',
    title: 'Network',
    help: 'The first interface is the one that it boots from.',
    fields: ['interfaces'],
  },
  {
    id: 'power',
    title: 'Power and BMC',
    help: 'With a BMC the machine is switched on, off and to the network from here.',
    fields: ['bmc'],
  },
  {
    id: 'boot',
    title: 'Boot and hand-off',
    fields: ['loader', 'localBoot', 'kernelArgs', 'handoff'],
    closed: true,
  },
  {
    id: 'settings',
    title: 'Installation',
    help: 'What is left empty comes from the profile.',
    fields: ['settings'],
    closed: true,
  },
  {
    id: 'dhcp',
    title: 'DHCP options',
    help: 'They win over those of the subnet and of the profile.',
    fields: ['dhcpOptions'],
    closed: true,
  },
];

const AS_PROFILE = 'as the profile says';

/** Every field of a system by its path: the one table of labels and help. A test compares it with the schema. */
export const SYSTEM_TEXTS: Readonly<Record<string, FieldText>> = {
  name: {
    label: 'Name',
    help: 'a-z, 0-9, dot, dash, underscore.',
    placeholder: 'web001',
    check: 'name',
  },
  hostname: { label: 'Host name', help: 'Empty: the name.', placeholder: 'web001.example.net' },
  profile: { label: 'Profile', help: 'What is installed on it.', from: 'profiles' },
  roles: {
    label: 'Roles',
    help: 'What it is for, one a line. Roles become Ansible groups.',
    placeholder: 'web',
  },
  comment: { label: 'Comment', wide: true },
  'interfaces.*.name': { label: 'Interface', prefill: 'eth#' },
  'interfaces.*.mac': {
    label: 'MAC address',
    placeholder: '52:54:00:12:34:56',
    check: 'mac',
    checkWith: 'sharedMac',
  },
  'interfaces.*.ip': {
    label: 'IP address',
    help: 'An address, or auto: the next free one of the subnet. Empty: dynamic.',
    placeholder: '10.0.0.11 or auto',
    check: 'address',
    checkWith: 'subnet',
  },
  'interfaces.*.subnet': { label: 'Subnet', from: 'subnets', empty: 'the one of the address' },
  'interfaces.*.type': { label: 'Type', more: true },
  'interfaces.*.parents': {
    label: 'Made of',
    help: 'Names of the other interfaces, one a line: members of a bond, ports of a bridge, the one below a VLAN.',
    more: true,
  },
  'interfaces.*.vlan': { label: 'VLAN number', more: true },
  'interfaces.*.bondMode': { label: 'Bond mode', empty: 'active-backup', more: true },
  'interfaces.*.sharedMac': { label: 'Its MAC is also that of another member of its bond', more: true },
  'interfaces.*.addresses': { label: 'Further addresses', help: 'One a line.', more: true },
  'interfaces.*.sharedAddresses': {
    label: 'Shared addresses',
    help: 'One a line. Other systems may have them too, if they say the same.',
    more: true,
  },
  'interfaces.*.gateway': {
    label: 'Has the default route',
    empty: 'the first whose subnet has a gateway',
    more: true,
  },
  'interfaces.*.routes': { label: 'Routes', help: '10.20.0.0/16 via 10.0.0.254, one a line.', more: true },
  'interfaces.*.mtu': { label: 'MTU', more: true },
  'interfaces.*.clientId': {
    label: 'DHCP client id',
    help: 'Known by it in place of the MAC.',
    more: true,
  },
  'interfaces.*.circuitId': { label: 'Circuit id', help: 'Where it is plugged in (option 82).', more: true },
  'interfaces.*.remoteId': { label: 'Remote id', help: 'The relay beside the circuit id.', more: true },
  'bmc.driver': { label: 'Driver', empty: 'none (IPMI with a user)' },
  'bmc.address': {
    label: 'BMC address',
    placeholder: '10.0.9.11',
    check: 'bmc-address',
    checkWith: 'shared',
  },
  'bmc.user': { label: 'User' },
  'bmc.password': { label: 'Password', secret: true },
  'bmc.firmware': { label: 'Machine boots by', empty: 'as heard, else UEFI' },
  'bmc.port': { label: 'Port', help: 'Empty: the usual one.', more: true },
  'bmc.kg': { label: 'BMC key (KG)', secret: true, more: true },
  'bmc.cipherSuite': { label: 'Cipher suite', empty: '17, then 3', more: true },
  'bmc.privilege': { label: 'Privilege', more: true },
  'bmc.protocol': { label: 'IPMI version', more: true },
  'bmc.vendor': { label: 'Vendor', more: true },
  'bmc.model': { label: 'Model', more: true },
  'bmc.certificate': {
    label: 'Certificate fingerprint',
    help: 'SHA-256, 64 hex digits (Redfish).',
    more: true,
  },
  'bmc.node': { label: 'Node', help: 'Its id in a chassis of many (Redfish).', more: true },
  'bmc.command': { label: 'Command set', help: 'Of the server’s configuration.', more: true },
  'bmc.shared': { label: 'Other systems have this address too (a chassis)', more: true },
  loader: { label: 'Loader', empty: AS_PROFILE },
  localBoot: { label: 'To its own disk by', empty: AS_PROFILE },
  kernelArgs: { label: 'Kernel arguments', help: 'One a line, after those of distro and profile.' },
  handoff: {
    label: 'Hand-off',
    help: 'What configures it after its first boot. Empty: as the profile says.',
  },
  'settings.disk': { label: 'Disk', placeholder: '/dev/sda' },
  'settings.minDiskGb': { label: 'Smallest disk, GB' },
  'settings.timezone': { label: 'Time zone', placeholder: 'Europe/Berlin' },
  'settings.locale': { label: 'Locale', placeholder: 'en_US.UTF-8' },
  'settings.keymap': { label: 'Keyboard', placeholder: 'us' },
  'settings.domain': { label: 'Domain', placeholder: 'example.net' },
  'settings.packages': { label: 'Packages', help: 'One a line.' },
  'settings.sshKeys': { label: 'SSH keys', help: 'Public keys that may log in as root, one a line.' },
  'settings.kernelPackage': { label: 'Kernel package' },
  'settings.rootPartition': { label: 'Root partition', help: 'Its number in the image.' },
  'settings.vars': { label: 'Variables', help: 'NAME=TEXT, one a line: vars.NAME in answer files.' },
  'settings.rootPasswordHash': {
    label: 'Root password hash',
    help: 'Made with: openssl passwd -6',
    secret: true,
  },
  'dhcpOptions.*.code': { label: 'Option' },
  'dhcpOptions.*.type': { label: 'Type' },
  'dhcpOptions.*.value': { label: 'Value', help: 'Empty: the option is taken away.', mayBeEmpty: true },
  'dhcpOptions.*.always': { label: 'Also to clients that do not ask for it' },
};

/** The label of a field by its path in a form: `interfaces.1.mac` is `MAC address (interface 2)`. */
export function labelOf(path: string): string {
  const row = /\.(\d+)\./.exec(path)?.[1];
  const { label = path } = SYSTEM_TEXTS[path.replace(/\.\d+\./, '.*.')] ?? {};
  return row === undefined
    ? label
    : `${label} (${path.startsWith('interfaces') ? 'interface' : 'entry'} ${Number(row) + 1})`;
}
