import type { Chassis } from './chassis.ts';
import type { Inventory } from './inventory.ts';
import { type Answer, OK } from './message.ts';
import { ADMINISTRATOR, type BmcOptions, OPERATOR, USER } from './options.ts';
import { AUTH_MD5 } from './packet.ts';
import type { Session } from './session.ts';
import type { SessionTable } from './session-table.ts';
import { SUITES } from './suites.ts';

/** What commands work on. */
export interface Commanded {
  readonly options: BmcOptions;
  readonly chassis: Chassis;
  readonly inventory: Inventory;
  readonly sessions: SessionTable;
  readonly guid: Buffer;
}

interface Command {
  /** What it takes; 0: a session is not even needed. */
  readonly privilege: number;
  /** Undefined for silence. */
  readonly run: (bmc: Commanded, data: Buffer, session: Session | undefined) => Answer | undefined;
}

/** Network function and command to what it does and takes (IPMI 2.0 appendix G). */
const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0x0000, { privilege: USER, run: () => ({ code: 0, data: [0, 0x20, 0x20, 0x20, 0x20, 0x20] }) }],
  [0x0001, { privilege: USER, run: ({ chassis }) => chassis.status() }],
  [0x0002, { privilege: OPERATOR, run: ({ chassis }, data) => chassis.control(data) }],
  [0x0004, { privilege: OPERATOR, run: ({ chassis }, data) => chassis.identify(data) }],
  [0x0008, { privilege: OPERATOR, run: ({ chassis }, data) => chassis.boot.set(data) }],
  [0x0009, { privilege: OPERATOR, run: ({ chassis }, data) => chassis.boot.get(data) }],
  [0x042d, { privilege: USER, run: ({ inventory }, data) => inventory.sensorReading(data) }],
  [0x0601, { privilege: USER, run: ({ inventory }) => inventory.deviceId() }],
  [0x0637, { privilege: 0, run: ({ guid }) => ({ code: 0, data: guid }) }],
  [0x0638, { privilege: 0, run: ({ options }, data) => capabilities(options, data) }],
  [0x063b, { privilege: USER, run: (_, data, session) => setPrivilege(data, session) }],
  [0x063c, { privilege: 0x01, run: ({ sessions }, data, session) => close(sessions, data, session) }],
  [0x0642, { privilege: USER, run: ({ sessions }) => channelInfo(sessions) }],
  [0x0648, { privilege: USER, run: (_, data, session) => activatePayload(data, session) }],
  [0x0649, { privilege: USER, run: (_, data, session) => deactivatePayload(data, session) }],
  [0x0654, { privilege: 0, run: ({ options }, data) => cipherSuites(options, data) }],
  [0x0a10, { privilege: USER, run: ({ inventory }, data) => inventory.fruInfo(data) }],
  [0x0a11, { privilege: USER, run: ({ inventory }, data) => inventory.readFru(data) }],
  [0x0a20, { privilege: USER, run: ({ inventory }) => inventory.sensorRecordsInfo() }],
  [0x0a22, { privilege: USER, run: ({ inventory }) => inventory.reserve() }],
  [0x0a23, { privilege: USER, run: ({ inventory }, data) => inventory.sensorRecord(data) }],
  [0x0a40, { privilege: USER, run: ({ inventory }) => inventory.logInfo() }],
  [0x0a42, { privilege: USER, run: ({ inventory }) => inventory.reserve() }],
  [0x0a43, { privilege: USER, run: ({ inventory }, data) => inventory.logEntry(data) }],
  [0x0c02, { privilege: OPERATOR, run: ({ inventory }, data) => inventory.lanParameter(data) }],
]);

/** Undefined where the BMC is silent: outside of sessions it answers to what needs none only. */
export function runCommand(
  bmc: Commanded,
  code: number,
  data: Buffer,
  session: Session | undefined,
): Answer | undefined {
  const command = COMMANDS.get(code);
  if (session === undefined) return command?.privilege === 0 ? command.run(bmc, data, session) : undefined;
  if (command === undefined) return { code: 0xc1 };
  if (session.privilege < command.privilege) return { code: 0xd4 };
  return command.run(bmc, data, session);
}

/** Get Channel Authentication Capabilities (IPMI 2.0 §22.13). */
function capabilities({ ipmi15, kg, deniesIpmi20 }: BmcOptions, data: Buffer): Answer {
  if (data.length !== 2) return { code: 0xc7 };
  const asksFor20 = data.readUInt8(0) >= 0x80 && !deniesIpmi20;
  const types = (asksFor20 ? 0x80 : 0) | (ipmi15 ? 1 << AUTH_MD5 : 0);
  const status = (kg === null ? 0 : 0x20) | 0x04;
  const extended = asksFor20 ? 0x02 | (ipmi15 ? 0x01 : 0) : 0;
  return { code: 0, data: [1, types, status, extended, 0, 0, 0, 0] };
}

/** Get Channel Info (IPMI 2.0 §22.24): channel 1 is a LAN, of several sessions. */
function channelInfo(sessions: SessionTable): Answer {
  return { code: 0, data: [1, 4, 1, 0x80 | sessions.count, 0xf2, 0x1b, 0, 0, 0] };
}

/** Get Channel Cipher Suites (IPMI 2.0 §22.15): 16 bytes of the records at a time. */
function cipherSuites({ cipherSuites: how, suites }: BmcOptions, data: Buffer): Answer | undefined {
  if (how === 'silent') return undefined;
  if (data.length !== 3) return { code: 0xc7 };
  const told = SUITES.filter(({ id }) => suites.includes(id) === (how === 'answers'));
  const records = told.flatMap(({ id, authentication, integrity, confidentiality }) => [
    ...[0xc0, id, authentication, 0x40 | integrity, 0x80 | confidentiality],
  ]);
  const start = 16 * (data.readUInt8(2) & 0x3f);
  return { code: 0, data: [1, ...records.slice(start, start + 16)] };
}

/** Set Session Privilege Level (IPMI 2.0 §22.18); 0 asks what it is. */
function setPrivilege([wanted = 0]: Buffer, session: Session | undefined): Answer {
  if (session === undefined) return { code: 0xc1 };
  if (wanted > ADMINISTRATOR) return { code: 0xcc };
  if (wanted > (session.user?.privilege ?? 0)) return { code: 0x80 };
  if (wanted > session.limit) return { code: 0x81 };
  if (wanted > 0) session.privilege = wanted;
  return { code: 0, data: [session.privilege] };
}

/** Close Session (IPMI 2.0 §22.19). */
function close(sessions: SessionTable, data: Buffer, session: Session | undefined): Answer {
  if (data.length < 4) return { code: 0xc7 };
  const id = data.readUInt32LE(0);
  if (id !== session?.id && (session?.privilege ?? 0) < ADMINISTRATOR) return { code: 0xd4 };
  return sessions.remove(id) ? OK : { code: 0x87 };
}

/** Activate Payload of Serial over LAN (IPMI 2.0 §24.1): 200 bytes each way, on the same port. */
function activatePayload(data: Buffer, session: Session | undefined): Answer {
  if (session === undefined || data.length !== 6) return { code: 0xc7 };
  if ((data.readUInt8(0) & 0x3f) !== 1) return { code: 0x82 };
  if (session.sol !== null) return { code: 0x80 };
  session.sol = 0;
  return { code: 0, data: [0, 0, 0, 0, 200, 0, 200, 0, 0x6f, 0x02, 0xff, 0xff] };
}

/** Deactivate Payload (IPMI 2.0 §24.2). */
function deactivatePayload(_: Buffer, session: Session | undefined): Answer {
  if (session?.sol == null) return { code: 0x80 };
  session.sol = null;
  return OK;
}
