import type { Ipv4 } from '../domain/network/ipv4.ts';
import { OPTION, RELAY_SUBOPTION } from './codes.ts';
import type { OptionMap } from './option-area.ts';
import { readBytes, readIp, readU8, type TakeValue } from './options.ts';

/** What a relay says in option 82; undefined is "did not say". */
export interface RelayInfo {
  /** The port that the client is on, RFC 3046 §3.1; what the bytes mean is the relay's own business. */
  readonly circuitId: Buffer | undefined;
  /** The relay, or the far end of its port, RFC 3046 §3.2. */
  readonly remoteId: Buffer | undefined;
  /** The client's link, RFC 3527 §3: from relays whose own address is not on it. */
  readonly linkSelection: Ipv4 | undefined;
  /** By which address the client is to know its server, RFC 5107 §4: from relays that want its renewals too. */
  readonly serverIdOverride: Ipv4 | undefined;
  /** Did the client send the packet by unicast? RFC 5010 §3. */
  readonly isUnicast: boolean | undefined;
}

const NOTHING: RelayInfo = {
  circuitId: undefined,
  remoteId: undefined,
  linkSelection: undefined,
  serverIdOverride: undefined,
  isUnicast: undefined,
};

const UNICAST_FLAG = 0x80;

/** Reads option 82. It is only read, never rebuilt: a reply carries the option back byte for byte. */
export function readRelayInfo(options: OptionMap, take: TakeValue): RelayInfo {
  const code = OPTION.relayAgentInfo;
  const bytes = options.get(code);
  if (bytes === undefined) return NOTHING;
  const subOptions = parseRelayInfo(bytes);
  if (subOptions === undefined) {
    take({ state: 'malformed', code, reason: `option ${code}: sub-options do not add up` });
    return NOTHING;
  }
  const takeSub: TakeValue = (read) =>
    take(read.state === 'malformed' ? { ...read, code, reason: `option ${code}, sub-${read.reason}` } : read);
  const flags = takeSub(readU8(subOptions, RELAY_SUBOPTION.flags));
  return {
    circuitId: takeSub(readBytes(subOptions, RELAY_SUBOPTION.circuitId)),
    remoteId: takeSub(readBytes(subOptions, RELAY_SUBOPTION.remoteId)),
    linkSelection: takeSub(readIp(subOptions, RELAY_SUBOPTION.linkSelection)),
    serverIdOverride: takeSub(readIp(subOptions, RELAY_SUBOPTION.serverIdOverride)),
    isUnicast: flags === undefined ? undefined : (flags & UNICAST_FLAG) !== 0,
  };
}

/** The sub-options, RFC 3046 §2.0, or undefined if they do not add up. */
function parseRelayInfo(bytes: Buffer): OptionMap | undefined {
  const subOptions = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + bytes.readUInt8(at + 1);
    if (end > bytes.length) return undefined;
    subOptions.set(bytes.readUInt8(at), bytes.subarray(at + 2, end));
    at = end;
  }
  return subOptions;
}
