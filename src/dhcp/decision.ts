import type { Ipv4 } from '../domain/network/ipv4.ts';
import type { BootAnswer } from './boot-answer.ts';

/** Why a client may have an address. `restored`: it renews one that is free, and of which there is no record. */
export type GrantCode = 'reservation' | 'lease' | 'dynamic' | 'restored';

export type NakCode =
  | 'wrong-subnet'
  | 'address-taken'
  | 'reserved-elsewhere'
  | 'not-its-lease'
  | 'not-in-range';

export type SilenceCode =
  | 'not-a-request'
  | 'unsupported-message'
  | 'malformed-option'
  | 'no-identity'
  | 'no-subnet'
  | 'subnet-off'
  | 'proxy-subnet'
  | 'other-server'
  | 'no-address-named'
  | 'no-free-address'
  | 'no-record'
  | 'follows-another'
  | 'wrong-subnet'
  | 'not-its-address'
  | 'bootp-without-reservation';

/** A lease to offer or to confirm. It must be durable before the ACK may leave. */
export interface GrantDecision {
  readonly kind: 'offer' | 'ack';
  readonly code: GrantCode;
  readonly reason: string;
  readonly address: Ipv4;
  readonly leaseSeconds: number;
  readonly boot: BootAnswer;
}

/** A BOOTP client gets its reservation without lease, for ever: RFC 1534 §2. */
export interface BootpDecision {
  readonly kind: 'bootp-reply';
  readonly code: 'reservation';
  readonly reason: string;
  readonly address: Ipv4;
  readonly boot: BootAnswer;
}

/** Options for a client that has its address from elsewhere, RFC 2131 §4.3.5. */
export interface InformDecision {
  readonly kind: 'inform-ack';
  readonly code: 'inform';
  readonly reason: string;
  readonly boot: BootAnswer;
}

export interface NakDecision {
  readonly kind: 'nak';
  readonly code: NakCode;
  readonly reason: string;
}

/** Every decision that sends a packet; buildReply makes it. */
export type ReplyDecision = GrantDecision | BootpDecision | InformDecision | NakDecision;

/** What to do about one packet. `reason` is a sentence for the machine's timeline, `code` is for programs. */
export type Decision =
  | ReplyDecision
  /** Nothing is sent; the client's lease ends now. */
  | { readonly kind: 'release'; readonly code: 'release'; readonly reason: string; readonly address: Ipv4 }
  /** Nothing is sent; the address is in use by a machine that we do not know of. */
  | {
      readonly kind: 'decline';
      readonly code: 'declined-reservation' | 'declined-lease';
      readonly reason: string;
      readonly address: Ipv4;
    }
  | { readonly kind: 'silent'; readonly code: SilenceCode; readonly reason: string };
