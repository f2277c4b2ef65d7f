/** Why bytes are not a DHCP or BOOTP message. */
export type MalformedCode =
  | 'too-short'
  | 'bad-op'
  | 'bad-hardware-length'
  | 'no-magic-cookie'
  | 'option-truncated'
  | 'bad-overload'
  /** A packet, but what a reply must repeat of it is longer than the reply may be. */
  | 'unanswerable';

/** Bytes from the wire that are no packet. Caught by the listener only: counted, dropped, never thrown further. */
export class MalformedPacket extends Error {
  override readonly name = 'MalformedPacket';
  readonly code: MalformedCode;

  constructor(code: MalformedCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** Why a packet of ours cannot go on the wire. */
export type UnencodableCode = 'field-range' | 'text-too-long' | 'bad-text' | 'bad-option' | 'packet-too-long';

/** A packet that would have to be cut or bent to be sent. Nothing is cut silently: a cut boot URL is a wrong one. */
export class UnencodablePacket extends Error {
  override readonly name = 'UnencodablePacket';
  readonly code: UnencodableCode;

  constructor(code: UnencodableCode, reason: string) {
    super(reason);
    this.code = code;
  }
}
