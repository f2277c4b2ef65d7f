/** How the value of an option of one's own is written. */
export const OPTION_TYPES = ['ip', 'ips', 'text', 'hex', 'uint8', 'uint16', 'uint32', 'routes'] as const;
export type OptionType = (typeof OPTION_TYPES)[number];

const LEASE = 'the lease times of the subnet say it (--lease-seconds, --lease-min, --lease-max)';
const PROTOCOL = 'the protocol itself writes it in every answer';
const BOOT = 'what a machine boots follows from its record and its firmware';
const FROM_CLIENT = 'only clients send it';

/** Options that follow from something else, and what from. The numbers are those of RFC 2132 unless a name says more. */
const OWNED: ReadonlyMap<number, string> = new Map([
  [1, 'the mask follows from the network of the subnet (--network)'],
  [12, 'the host name is a field of the system (--hostname)'],
  [28, 'the broadcast address follows from the network of the subnet (--network)'],
  [50, FROM_CLIENT],
  [51, LEASE],
  [52, 'options are never put into other fields: many ROMs cannot read that'],
  [53, PROTOCOL],
  [54, PROTOCOL],
  [55, FROM_CLIENT],
  [56, PROTOCOL],
  [57, FROM_CLIENT],
  [58, LEASE],
  [59, LEASE],
  [60, BOOT],
  [61, FROM_CLIENT],
  [67, BOOT],
  [77, FROM_CLIENT],
  [82, 'relays write it, and it goes back to them as it came'],
  [90, 'authentication (RFC 3118) is not spoken'],
  [93, FROM_CLIENT],
  [94, FROM_CLIENT],
  [97, FROM_CLIENT],
  [118, FROM_CLIENT],
  [175, 'it tells iPXE how to boot, and is written where that is needed'],
]);

/** Why an option may not be set by hand, and what to use instead; undefined = it may. */
export function ownedBecause(code: number): string | undefined {
  return OWNED.get(code);
}

/** What is known of an option that people set by hand. */
export interface UsualOption {
  readonly name: string;
  /** The types in which its value is right, the first being the one to recommend. `hex` always is. */
  readonly types: readonly OptionType[];
}

const addresses = (name: string): UsualOption => ({ name, types: ['ips', 'ip'] });
const text = (name: string): UsualOption => ({ name, types: ['text'] });

/** Options whose form is fixed, RFC 2132 unless said: a wrong type there would reach machines as garbage. */
const USUAL: ReadonlyMap<number, UsualOption> = new Map<number, UsualOption>([
  [2, { name: 'time offset', types: ['uint32'] }],
  [3, addresses('routers')],
  [4, addresses('time servers')],
  [6, addresses('DNS servers')],
  [7, addresses('log servers')],
  [9, addresses('print servers')],
  [15, text('domain')],
  [17, text('root path')],
  [19, { name: 'IP forwarding', types: ['uint8'] }],
  [23, { name: 'default TTL', types: ['uint8'] }],
  [26, { name: 'MTU', types: ['uint16'] }],
  [40, text('NIS domain')],
  [41, addresses('NIS servers')],
  [42, addresses('NTP servers')],
  [44, addresses('NetBIOS name servers')],
  [46, { name: 'NetBIOS node type', types: ['uint8'] }],
  [66, text('TFTP server name')],
  [69, addresses('SMTP servers')],
  [70, addresses('POP3 servers')],
  [100, text('time zone, RFC 4833')],
  [101, text('time zone name, RFC 4833')],
  [114, text('captive portal, RFC 8910')],
  [119, { name: 'domain search, RFC 3397: --domain-search writes it', types: ['hex'] }],
  [121, { name: 'routes, RFC 3442', types: ['routes'] }],
  [150, { name: 'TFTP servers, RFC 5859', types: ['ips', 'ip'] }],
  [249, { name: 'routes of older Windows', types: ['routes'] }],
]);

/** The form of an option that is commonly set by hand; undefined if it is not in the table. */
export function usualType(code: number): UsualOption | undefined {
  return USUAL.get(code);
}
