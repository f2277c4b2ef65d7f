import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';

/** Parameters of the LAN configuration (IPMI 2.0 §23.2). */
const PARAMETER = { address: 3, mac: 5 } as const;
export type LanParameter = keyof typeof PARAMETER;

/** The channel that the session runs over, and the one that nearly every BMC has its LAN on. */
export const LAN_CHANNELS: readonly number[] = [0x0e, 0x01];

/** Get LAN Configuration Parameters (IPMI 2.0 §23.2). */
export function getLanParameter(channel: number, parameter: LanParameter): IpmiRequest {
  return {
    name: `Get LAN Configuration Parameters (${parameter})`,
    netFn: NET_FN.transport,
    command: 0x02,
    data: Buffer.from([channel, PARAMETER[parameter], 0, 0]),
    operator: true,
  };
}

/** Reads its answer, behind the revision; null where none is set. Throws MalformedMessage. */
export function decodeLanAddress(data: Buffer): string | null {
  needBytes(data, 5, 'LAN address');
  const address = [...data.subarray(1, 5)].join('.');
  return address === '0.0.0.0' ? null : address;
}

/** The same of the MAC, in the usual spelling. Throws MalformedMessage. */
export function decodeLanMac(data: Buffer): string | null {
  needBytes(data, 7, 'LAN MAC');
  if (data.subarray(1, 7).every((byte) => byte === 0)) return null;
  return [...data.subarray(1, 7)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
