import type { Ipv4 } from '../domain/ipv4.ts';
import { OPTION, RELAY_SUBOPTION } from './codes.ts';
import type { OptionMap } from './option-area.ts';
import { type OptionRead, readIp } from './options.ts';

/**
 * The sub-options of option 82, RFC 3046 §2.0, or undefined if they do not add up. Only read, never rebuilt: a reply
 * carries the option back byte for byte.
 */
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

/** The link that the relay names, RFC 3527 §3: for relays whose own address is not on the client's link. */
export function readLinkSelection(options: OptionMap): OptionRead<Ipv4> {
  const code = OPTION.relayAgentInfo;
  const bytes = options.get(code);
  if (bytes === undefined) return { state: 'absent' };
  const subOptions = parseRelayInfo(bytes);
  if (subOptions === undefined)
    return { state: 'malformed', code, reason: `option ${code}: sub-options do not add up` };
  const read = readIp(subOptions, RELAY_SUBOPTION.linkSelection);
  return read.state === 'malformed'
    ? { state: 'malformed', code, reason: `option ${code}, sub-${read.reason}` }
    : read;
}
