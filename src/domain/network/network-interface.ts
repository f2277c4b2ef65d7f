import { z } from 'zod';
import { ipv4Text, macText, recordName } from '../records/fields.ts';
import { clientIdText, relayIdText } from '../records/identifier.ts';
import type { InterfaceIdentity } from './binding-key.ts';
import { formatNetwork, parseNetwork } from './ipv4.ts';

/** `ethernet`: a card. The others are made of cards, or of one another. */
export const INTERFACE_TYPES = ['ethernet', 'bond', 'vlan', 'bridge'] as const;
export type InterfaceType = (typeof INTERFACE_TYPES)[number];

/** As the bonding driver of Linux calls them. */
export const BOND_MODES = [
  'active-backup',
  '802.3ad',
  'balance-rr',
  'balance-xor',
  'broadcast',
  'balance-tlb',
  'balance-alb',
] as const;
const interfaceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,31}$/, {
  message: 'must be an interface name like eth0',
});

/** Where a route leads: any network but all of them, which is the field `gateway`. */
const destination = z.string().transform((text, ctx) => {
  const net = parseNetwork(text);
  if (net !== undefined && net.prefix > 0) return formatNetwork(net);
  const message =
    net === undefined
      ? `'${text}' is not a network: write it like 10.20.0.0/16, no host bits set`
      : 'the default route is said by the field gateway';
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const routeInput = z.strictObject({ to: destination, via: ipv4Text });
export type Route = Readonly<z.infer<typeof routeInput>>;

/**
 * One interface of a system. `ip` is an address, `auto` (the next free one of `subnet`), or null (dynamic). A card is known by its
 * MAC, by the client id that it sends, or by where it is plugged in; by several, the first of these that fits counts. One that others
 * are made of may have none of them: it is then known to the installed system by its name.
 */
export const interfaceInput = z.strictObject({
  name: interfaceName.default('eth0'),
  type: z.enum(INTERFACE_TYPES).default('ethernet'),
  mac: macText.nullable().default(null),
  clientId: clientIdText.nullable().default(null),
  /** Circuit id that the relay (or the switch) writes into option 82. */
  circuitId: relayIdText.nullable().default(null),
  /** Remote id beside it; null: whichever relay names that circuit. */
  remoteId: relayIdText.nullable().default(null),
  ip: z
    .union([z.literal('auto'), ipv4Text])
    .nullable()
    .default(null),
  subnet: recordName.nullable().default(null),
  /** Members of a bond, ports of a bridge, the one below a VLAN. The first is the one that netboots. */
  parents: z.array(interfaceName).max(16).default([]),
  /** Its id, IEEE 802.1Q §9.6: 0 and 4095 are nobody's. */
  vlan: z.int().min(1).max(4094).nullable().default(null),
  /** Null on a bond: `active-backup`, which asks nothing of the switch. */
  bondMode: z.enum(BOND_MODES).nullable().default(null),
  /** This MAC is that of another member of the same bond as well. */
  sharedMac: z.boolean().default(false),
  /** Further addresses, its own alone like `ip`. */
  addresses: z.array(ipv4Text).max(64).default([]),
  /** Addresses that other systems may have too if they say the same (failover, anycast); given to nobody by DHCP. */
  sharedAddresses: z.array(ipv4Text).max(64).default([]),
  /** Has it the default route? Null: the first one that has an address in a subnet with a gateway. */
  gateway: z.boolean().nullable().default(null),
  routes: z.array(routeInput).max(64).default([]),
  /** Bytes; null: what the driver or the subnet says. */
  mtu: z.int().min(576).max(9216).nullable().default(null),
});

export type InterfaceInput = z.infer<typeof interfaceInput>;

/** What makes an interface more than a card with one address. */
export interface InterfaceShape
  extends Readonly<Pick<InterfaceInput, 'type' | 'vlan' | 'bondMode' | 'sharedMac' | 'gateway' | 'mtu'>> {
  readonly parents: readonly string[];
  readonly routes: readonly Route[];
}

/** A card that nothing is said of. */
export const PLAIN_SHAPE: InterfaceShape = {
  type: 'ethernet',
  parents: [],
  vlan: null,
  bondMode: null,
  sharedMac: false,
  gateway: null,
  routes: [],
  mtu: null,
};

export interface SystemInterface extends InterfaceIdentity, InterfaceShape {
  readonly name: string;
  readonly ip: string | null;
  readonly addresses: readonly string[];
  readonly sharedAddresses: readonly string[];
  /** Name of the subnet that `ip` lies in; null without an address. */
  readonly subnet: string | null;
  /** The MAC to which its address is leased now, where the record does not name one. */
  readonly seenMac?: string | null;
}
