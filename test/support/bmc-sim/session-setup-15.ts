import type { BmcWorld } from './bmc-world.ts';
import type { Answer } from './message.ts';
import type { BmcOptions, BmcUser } from './options.ts';
import { AUTH_MD5, type Packet15 } from './packet.ts';
import { SequenceWindow } from './sequence-window.ts';
import { isSigned15, newSession, type Session } from './session.ts';
import type { SessionTable } from './session-table.ts';

/** Get Session Challenge and Activate Session of IPMI 1.5, by MD5 (IPMI 2.0 §22.16, §22.17). */
export class SessionSetup15 {
  readonly #options: BmcOptions;
  readonly #world: BmcWorld;
  readonly #sessions: SessionTable;
  readonly #challenges = new WeakMap<Session, Buffer>();

  constructor(options: BmcOptions, world: BmcWorld, sessions: SessionTable) {
    this.#options = options;
    this.#world = world;
    this.#sessions = sessions;
  }

  challenge(data: Buffer, peer: string): Answer {
    if (!this.#options.ipmi15) return { code: 0xc1 };
    if (data.length !== 17) return { code: 0xc7 };
    if (data[0] !== AUTH_MD5) return { code: 0xcc };
    const name = data.subarray(1).toString('latin1').replace(/\0+$/, '');
    const user = this.#options.users.find((one) => one.name === name);
    if (user === undefined) return { code: 0x81 };
    if (this.#sessions.isFull) return { code: 0xc0 };
    const id = (this.#world.random(4).readUInt32LE(0) | 1) >>> 0;
    const session = newSession({ id, consoleId: id, suite: null, peer, heardMs: this.#world.now() });
    session.user = cutPassword(user);
    const challenge = this.#world.random(16);
    this.#challenges.set(session, challenge);
    this.#sessions.add(session);
    return { code: 0, data: [...littleEndian(id), ...challenge] };
  }

  /** The session that the packet activates, and the answer; undefined for silence. */
  activate(packet: Packet15, data: Buffer, peer: string): { session: Session; answer: Answer } | undefined {
    const session = this.#sessions.find(packet.sessionId, peer);
    if (session?.user === undefined || session.suite !== null || data.length !== 22) return undefined;
    if (!isSigned15(session, packet)) return undefined;
    if (this.#challenges.get(session)?.equals(data.subarray(2, 18)) !== true) return undefined;
    const limit = data.readUInt8(1) & 0x0f;
    if (limit > session.user.privilege) return { session, answer: { code: 0x86 } };
    session.limit = limit;
    session.outbound = data.readUInt32LE(18) - 1;
    const first = this.#world.random(2).readUInt16LE(0) + 1;
    session.inbound = new SequenceWindow(first - 1);
    if (!session.isActive) this.#sessions.activate(session);
    const head = [AUTH_MD5, ...littleEndian(session.id), ...littleEndian(first), limit];
    return { session, answer: { code: 0, data: head } };
  }
}

/** IPMI 1.5 has 16 bytes. */
function cutPassword(user: BmcUser): BmcUser {
  return { ...user, password: Buffer.from(user.password).subarray(0, 16).toString() };
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
