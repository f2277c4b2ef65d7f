import { OPTION } from './codes.ts';
import type { DhcpFacts } from './facts.ts';
import { type DhcpPacket, encodePacket } from './packet.ts';
import { UnencodablePacket } from './packet-errors.ts';

/** A reply as it leaves, and the options that had no room in it: told to people, never passed over in silence. */
export interface FittedReply {
  readonly bytes: Buffer;
  readonly leftOut: readonly number[];
}

/**
 * Encodes a reply, leaving out what the client can do without as long as it does not fit: options of one's own that are
 * not marked to be sent always, and the domain search list, the longest first. A machine that boots without one of them
 * is worth more than one that hears nothing.
 *
 * @throws UnencodablePacket as encodePacket does, where that is not enough.
 */
export function encodeFitting(
  reply: DhcpPacket,
  { ownOptions = [] }: Pick<DhcpFacts, 'ownOptions'>,
  maxBytes: number,
): FittedReply {
  const options = new Map(reply.options);
  const leftOut: number[] = [];
  for (;;) {
    try {
      return { bytes: encodePacket({ ...reply, options }, maxBytes), leftOut };
    } catch (error) {
      if (!(error instanceof UnencodablePacket) || error.code !== 'packet-too-long') throw error;
      const spare = [
        OPTION.domainSearch,
        ...ownOptions.filter(({ always }) => !always).map(({ code }) => code),
      ]
        .filter((code) => options.has(code))
        .sort((a, b) => (options.get(b)?.length ?? 0) - (options.get(a)?.length ?? 0))[0];
      if (spare === undefined) throw error;
      options.delete(spare);
      leftOut.push(spare);
    }
  }
}
