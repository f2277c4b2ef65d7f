import type { BmcWorld } from './bmc-world.ts';
import type { BmcOptions, BmcUser } from './options.ts';
import { newSession, type Session } from './session.ts';
import type { SessionTable } from './session-table.ts';
import { authenticate, deriveKeys, isSame, rakp4Code, SUITES, type Suite } from './suites.ts';

/** RMCP+ and RAKP status codes (IPMI 2.0 §13.24). */
const STATUS = {
  noResources: 0x01,
  invalidSession: 0x02,
  invalidRole: 0x09,
  unauthorizedRole: 0x0a,
  invalidNameLength: 0x0c,
  unauthorizedName: 0x0d,
  invalidIntegrityCheck: 0x0f,
  noSuchSuite: 0x11,
  invalidParameter: 0x12,
} as const;

/** What RAKP 1 said and RAKP 2 answered: both codes are made of it. */
interface Exchange {
  readonly consoleRandom: Buffer;
  readonly bmcRandom: Buffer;
  /** Role, length of the name, name. */
  readonly who: Buffer;
  readonly key: Buffer;
}

/** Open Session and RAKP 1 to 4 from the BMC's side (IPMI 2.0 §13.17 to §13.23). */
export class SessionSetup {
  readonly guid: Buffer;
  readonly #options: BmcOptions;
  readonly #world: BmcWorld;
  readonly #sessions: SessionTable;
  readonly #exchanges = new WeakMap<Session, Exchange>();

  constructor(options: BmcOptions, world: BmcWorld, sessions: SessionTable) {
    this.#options = options;
    this.#world = world;
    this.#sessions = sessions;
    this.guid = world.random(16);
  }

  open(request: Buffer, peer: string): Buffer | undefined {
    if (request.length < 8) return undefined;
    const tag = request.readUInt8(0);
    const privilege = request.readUInt8(1) & 0x0f;
    const consoleId = request.readUInt32LE(4);
    const refuse = (status: number) =>
      Buffer.concat([Buffer.from([tag, status, privilege, 0]), numbers(consoleId)]);
    if (privilege === 0 && this.#options.wantsPrivilegeNamed) return refuse(STATUS.invalidRole);
    const proposals = readProposals(request.subarray(8));
    if (proposals === undefined) return refuse(STATUS.invalidParameter);
    if (this.#options.singleProposal && proposals.some((offered) => offered.length > 1))
      return refuse(STATUS.invalidParameter);
    const suite = this.#chooseSuite(proposals);
    if (suite === undefined) return refuse(STATUS.noSuchSuite);
    const session = this.#sessions.findHalfOpen(peer, consoleId) ?? this.#add(consoleId, suite, peer);
    if (session === undefined) return refuse(STATUS.noResources);
    return Buffer.concat([
      Buffer.from([tag, 0, privilege === 0 ? 4 : privilege, 0]),
      numbers(consoleId, session.id),
      Buffer.from([0, 0, 0, 8, suite.authentication, 0, 0, 0]),
      Buffer.from([1, 0, 0, 8, suite.integrity, 0, 0, 0]),
      Buffer.from([2, 0, 0, 8, suite.confidentiality, 0, 0, 0]),
    ]);
  }

  rakp1(message: Buffer, peer: string): Buffer | undefined {
    if (message.length < 28) return undefined;
    const session = this.#sessions.find(message.readUInt32LE(4), peer);
    const tag = message.readUInt8(0);
    if (session?.suite == null) return encodeRakp(tag, STATUS.invalidSession, 0);
    const refuse = (status: number) => {
      this.#sessions.remove(session.id);
      return encodeRakp(tag, status, session.consoleId);
    };
    const role = message.readUInt8(24) & 0x0f;
    const name = message.subarray(28, 28 + message.readUInt8(27));
    if (message.readUInt8(27) > 16 || name.length !== message.readUInt8(27))
      return refuse(STATUS.invalidNameLength);
    if (role < 1 || role > 5) return refuse(STATUS.invalidRole);
    const user = this.#options.users.find((one) => one.name === name.toString('latin1'));
    if (user === undefined) return refuse(STATUS.unauthorizedName);
    if (role > user.privilege) return refuse(STATUS.unauthorizedRole);
    session.user = user;
    session.limit = role;
    const exchange: Exchange = {
      consoleRandom: message.subarray(8, 24),
      bmcRandom: this.#exchanges.get(session)?.bmcRandom ?? this.#world.random(16),
      who: Buffer.concat([Buffer.from([message.readUInt8(24), name.length]), name]),
      key: this.#keyOf(user),
    };
    this.#exchanges.set(session, exchange);
    const { consoleRandom, bmcRandom, who, key } = exchange;
    const ids = numbers(session.consoleId, session.id);
    const code = authenticate(session.suite, key, ids, consoleRandom, bmcRandom, this.guid, who);
    return encodeRakp(tag, 0, session.consoleId, bmcRandom, this.guid, code);
  }

  rakp3(message: Buffer, peer: string): Buffer | undefined {
    if (message.length < 8) return undefined;
    const tag = message.readUInt8(0);
    const session = this.#sessions.find(message.readUInt32LE(4), peer);
    const exchange = session && this.#exchanges.get(session);
    if (session?.suite == null || exchange === undefined) return encodeRakp(tag, STATUS.invalidSession, 0);
    // The other side has found RAKP 2 wrong, and gives up: nothing is answered.
    if (message.readUInt8(1) !== 0) {
      this.#sessions.remove(session.id);
      return undefined;
    }
    const { suite, consoleId } = session;
    const { bmcRandom, consoleRandom, who, key } = exchange;
    const wanted = authenticate(suite, key, bmcRandom, numbers(consoleId), who);
    if (!isSame(wanted, message.subarray(8))) {
      this.#sessions.remove(session.id);
      return encodeRakp(tag, STATUS.invalidIntegrityCheck, consoleId);
    }
    const sik = authenticate(suite, this.#kg() ?? key, consoleRandom, bmcRandom, who);
    session.keys = deriveKeys(suite, sik);
    if (!session.isActive) this.#sessions.activate(session);
    return encodeRakp(
      tag,
      0,
      consoleId,
      rakp4Code(suite, sik, consoleRandom, numbers(session.id), this.guid),
    );
  }

  #add(consoleId: number, suite: Suite, peer: string): Session | undefined {
    if (this.#sessions.isFull) return undefined;
    const id = this.#world.random(4).readUInt32LE(0) | 1;
    const session = newSession({ id: id >>> 0, consoleId, suite, peer, heardMs: this.#world.now() });
    this.#sessions.add(session);
    return session;
  }

  /** The best one of those that it offers and that are proposed. */
  #chooseSuite([authentication = [], integrity = [], confidentiality = []]: readonly number[][]) {
    return SUITES.findLast(
      (suite) =>
        this.#options.suites.includes(suite.id) &&
        authentication.includes(suite.authentication) &&
        integrity.includes(suite.integrity) &&
        confidentiality.includes(suite.confidentiality),
    );
  }

  #keyOf(user: BmcUser): Buffer {
    return toKey(Buffer.from(user.password).subarray(0, this.#options.passwordBytes));
  }

  #kg(): Buffer | undefined {
    return this.#options.kg === null ? undefined : toKey(this.#options.kg);
  }
}

/** Keys are 20 bytes, filled with zeros (IPMI 2.0 §13.31). */
function toKey(bytes: Buffer): Buffer {
  const key = Buffer.alloc(20);
  bytes.copy(key);
  return key;
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at);
  return bytes;
}

function encodeRakp(tag: number, status: number, consoleId: number, ...rest: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([tag, status, 0, 0]), numbers(consoleId), ...rest]);
}

const ANY: Readonly<Record<number, readonly number[]>> = { 0: [0, 1, 2, 3], 1: [0, 1, 2, 4], 2: [0, 1] };

/** The algorithms proposed for authentication, integrity and confidentiality; undefined where that cannot be read. */
function readProposals(bytes: Buffer): number[][] | undefined {
  const proposals: number[][] = [[], [], []];
  if (bytes.length === 0 || bytes.length % 8 !== 0) return undefined;
  for (let at = 0; at < bytes.length; at += 8) {
    const kind = bytes.readUInt8(at);
    const length = bytes.readUInt8(at + 3);
    const offered = proposals[kind];
    if (offered === undefined || (length !== 8 && length !== 0)) return undefined;
    // Of no length: whatever the BMC thinks best.
    offered.push(...(length === 0 ? (ANY[kind] ?? []) : [bytes.readUInt8(at + 4) & 0x3f]));
  }
  return proposals;
}
