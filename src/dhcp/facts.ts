import type { DhcpMode } from '../domain/network/dhcp-mode.ts';
import type { Ipv4, Ipv4Network } from '../domain/network/ipv4.ts';
import type { Mac } from '../domain/network/mac.ts';
import type { AddressRange } from './allocate.ts';

/** The subnet of the client's link, as its answers need it. */
export interface DhcpSubnet {
  readonly id: string;
  readonly network: Ipv4Network;
  readonly mode: DhcpMode;
  readonly gateway?: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain?: string | undefined;
  readonly domainSearch?: readonly string[] | undefined;
  readonly ntpServers: readonly Ipv4[];
  /** Bytes. */
  readonly mtu?: number | undefined;
  /** 60–2^32-2; what a client gets that asks for no time. */
  readonly leaseSeconds: number;
  /** Bounds of what a client may ask for; `leaseSeconds` if absent. */
  readonly minLeaseSeconds?: number | undefined;
  readonly maxLeaseSeconds?: number | undefined;
  readonly ranges: readonly AddressRange[];
}

/** An option of the site's own, ready for the wire. */
export interface OwnOption {
  readonly code: number;
  /** Empty: the option is taken away, whatever a less specific record says. */
  readonly value: Buffer;
  /** Sent to clients that do not ask for it as well. */
  readonly always: boolean;
}

/** Everything that is known when a packet is answered; found by the client's key and link, never by its client id. */
export interface DhcpFacts {
  readonly subnet?: DhcpSubnet | undefined;
  /** Our own address that the client is to know us by: option 54. */
  readonly serverId: Ipv4;
  /** The system that the packet is of. Without `ip` it takes a dynamic address but has its name. */
  readonly reservation?:
    | {
        readonly system: string;
        readonly hostname: string;
        readonly ip?: Ipv4 | undefined;
        /** `by its client id`; undefined: by its MAC. */
        readonly knownBy?: string | undefined;
        /** It is a member of `upper`, whose address another card is given. */
        readonly follows?: { readonly name: string; readonly upper: string } | undefined;
      }
    | undefined;
  /** Of subnet, profile and system, the most specific of each code; none if absent. */
  readonly ownOptions?: readonly OwnOption[] | undefined;
  /** This client's binding, live or past. */
  readonly lease?: { readonly ip: Ipv4; readonly expiresAtMs: number } | undefined;
  /** Who else holds the address that the client asks for (option 50, else ciaddr). Undefined: nobody else. */
  readonly requestedHolder?: { readonly label: string; readonly mac?: Mac | undefined } | undefined;
  /** A free address for this client, from chooseAddress. */
  readonly candidate?: Ipv4 | undefined;
}

/** What the machine shall boot from the network; decided elsewhere, the same for all protocols. */
export type BootTarget =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'boot';
      /** Why it boots this, for the timeline. */
      readonly reason: string;
      /** To install, or to be sent to its disk by a script. */
      readonly action: 'install' | 'local';
      /** siaddr and option 66. */
      readonly nextServer: Ipv4;
      /** `file` and option 67: a TFTP name, or a URL where the client takes one. */
      readonly bootfile: string;
      /** The bootfile is a URL for UEFI HTTP boot. iPXE takes either. */
      readonly httpBoot: boolean;
    };
