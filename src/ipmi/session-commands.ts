import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';
import { PRIVILEGE, type Privilege } from './open-session.ts';

/** Set Session Privilege Level (IPMI 2.0 §22.18): a session begins at User, whatever it was opened for. */
export function setPrivilege(privilege: Privilege): IpmiRequest {
  return {
    name: 'Set Session Privilege Level',
    netFn: NET_FN.app,
    command: 0x3b,
    data: Buffer.from([PRIVILEGE[privilege]]),
  };
}

/** Close Session (IPMI 2.0 §22.19) of the BMC's own session ID. */
export function closeSession(bmcId: number): IpmiRequest {
  const data = Buffer.allocUnsafe(4);
  data.writeUInt32LE(bmcId);
  return { name: 'Close Session', netFn: NET_FN.app, command: 0x3c, data };
}

/** This channel, whichever it is (IPMI 2.0 §6.3), and: answer with what IPMI 2.0 has as well. */
const THIS_CHANNEL_EXTENDED = 0x8e;

/** Get Channel Authentication Capabilities (IPMI 2.0 §22.13): asked outside of a session. */
export function getAuthCapabilities(privilege: Privilege): IpmiRequest {
  return {
    name: 'Get Channel Authentication Capabilities',
    netFn: NET_FN.app,
    command: 0x38,
    data: Buffer.from([THIS_CHANNEL_EXTENDED, PRIVILEGE[privilege]]),
  };
}

export interface AuthCapabilities {
  readonly channel: number;
  /** IPMI 1.5 with MD5. */
  readonly md5: boolean;
  readonly ipmi20: boolean;
  /** A KG is set, so sessions of IPMI 2.0 need it. */
  readonly kg: boolean;
  /** Packets of an IPMI 1.5 session need no authentication code of their own. */
  readonly perMessageOff: boolean;
}

/** Reads its answer. Throws MalformedMessage. */
export function decodeAuthCapabilities(data: Buffer): AuthCapabilities {
  needBytes(data, 4, 'Get Channel Authentication Capabilities');
  const types = data.readUInt8(1);
  const status = data.readUInt8(2);
  return {
    channel: data.readUInt8(0) & 0x0f,
    md5: (types & 0x04) !== 0,
    ipmi20: (types & 0x80) !== 0 && (data.readUInt8(3) & 0x02) !== 0,
    kg: (status & 0x20) !== 0,
    perMessageOff: (status & 0x10) !== 0,
  };
}
