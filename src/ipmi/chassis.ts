import { needBytes } from './malformed.ts';
import { type IpmiRequest, NET_FN } from './message.ts';

/** Get Chassis Status (IPMI 2.0 §28.2). */
export const GET_CHASSIS_STATUS: IpmiRequest = {
  name: 'Get Chassis Status',
  netFn: NET_FN.chassis,
  command: 0x01,
  data: Buffer.alloc(0),
};

export interface ChassisStatus {
  readonly on: boolean;
  readonly overload: boolean;
  readonly powerFault: boolean;
  /** What the machine does when mains power comes back. */
  readonly restorePolicy: 'stays-off' | 'as-before' | 'on' | 'unknown';
  readonly identifying: boolean | undefined;
}

const RESTORE_POLICIES = ['stays-off', 'as-before', 'on', 'unknown'] as const;

/** Reads its answer. Throws MalformedMessage. */
export function decodeChassisStatus(data: Buffer): ChassisStatus {
  needBytes(data, 3, 'Get Chassis Status');
  const power = data.readUInt8(0);
  const misc = data.readUInt8(2);
  return {
    on: (power & 0x01) !== 0,
    overload: (power & 0x02) !== 0,
    powerFault: (power & 0x18) !== 0,
    restorePolicy: RESTORE_POLICIES[(power >> 5) & 0x03] ?? 'unknown',
    identifying: (misc & 0x40) === 0 ? undefined : (misc & 0x30) !== 0,
  };
}

const CONTROL = { off: 0x00, on: 0x01, cycle: 0x02, reset: 0x03, soft: 0x05 } as const;

/** Chassis Control (IPMI 2.0 §28.3). */
export function chassisControl(action: keyof typeof CONTROL): IpmiRequest {
  return {
    name: `Chassis Control (${action})`,
    netFn: NET_FN.chassis,
    command: 0x02,
    data: Buffer.from([CONTROL[action]]),
    operator: true,
  };
}

/** The longest that a BMC takes. */
export const IDENTIFY_SECONDS_MAX = 255;

/** Chassis Identify (IPMI 2.0 §28.5): blinks for 0–255 seconds; 0 stops it. Throws RangeError. */
export function chassisIdentify(seconds: number): IpmiRequest {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > IDENTIFY_SECONDS_MAX)
    throw new RangeError(`identify for ${seconds} s: a BMC takes 0 to ${IDENTIFY_SECONDS_MAX} s`);
  return {
    name: 'Chassis Identify',
    netFn: NET_FN.chassis,
    command: 0x04,
    data: Buffer.from([seconds]),
    operator: true,
  };
}
