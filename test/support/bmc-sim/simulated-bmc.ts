import { type BmcWorld, REAL_WORLD } from './bmc-world.ts';
import { Chassis, type OnPower } from './chassis.ts';
import { runCommand } from './commands.ts';
import { DEFAULT_IDENTITY, type Identity, Inventory } from './inventory.ts';
import { type Answer, decodeRequest, encodeAnswer, type Request } from './message.ts';
import { type BmcOptions, DEFAULT_OPTIONS } from './options.ts';
import {
  AUTH_NONE,
  decodePacket,
  encode15,
  encode20,
  encodePong,
  PAYLOAD,
  type Packet15,
  type Packet20,
} from './packet.ts';
import { echoSerial } from './serial-echo.ts';
import { decodeInSession, encodeInSession, isSigned15, type Session } from './session.ts';
import { SessionSetup } from './session-setup.ts';
import { SessionSetup15 } from './session-setup-15.ts';
import { SessionTable } from './session-table.ts';
import { type SpoilBy, type SpoiltStage, spoilt } from './spoil.ts';

export interface BmcSetup {
  /** How it differs from `DEFAULT_OPTIONS`. */
  readonly options?: Partial<BmcOptions>;
  readonly identity?: Partial<Identity>;
  readonly world?: BmcWorld;
  readonly onPower?: OnPower;
  /** Hears of each session slot that is taken (1) or given back (-1). */
  readonly onSession?: (change: 1 | -1) => void;
}

/** A command that was carried out, as the tests ask for it. */
export interface Heard {
  /** Network function and command: Chassis Control is 0x0002. */
  readonly code: number;
  readonly data: Buffer;
}

/** Commands that make sessions of IPMI 1.5, and so are no business of the command table. */
const GET_SESSION_CHALLENGE = 0x0639;
const ACTIVATE_SESSION = 0x063a;
/** How many commands are remembered. */
const HEARD_MAX = 200;

/** One BMC: datagrams in, datagrams out. Written from the specification alone, so that it can judge a client. */
export class SimulatedBmc {
  readonly options: BmcOptions;
  readonly chassis: Chassis;
  readonly inventory: Inventory;
  readonly sessions: SessionTable;
  /** The last commands, oldest first. */
  readonly heard: Heard[] = [];
  /** What its answers are like from now on. */
  spoil: SpoilBy = spoilt('none');
  /** Datagrams that came. */
  packets = 0;
  readonly #world: BmcWorld;
  readonly #setup: SessionSetup;
  readonly #setup15: SessionSetup15;
  readonly #lost: Set<number>;
  #earlier: Buffer = Buffer.alloc(0);
  #burst: number[] = [];
  #frozenUntilMs = 0;

  constructor(setup: BmcSetup = {}) {
    const { options, identity, world = REAL_WORLD, onPower = () => {}, onSession = () => {} } = setup;
    this.options = { ...DEFAULT_OPTIONS, ...options };
    this.#world = world;
    this.chassis = new Chassis(this.options, world, onPower);
    this.inventory = new Inventory({ ...DEFAULT_IDENTITY, ...identity });
    this.sessions = new SessionTable(this.options, () => world.now(), onSession);
    this.#setup = new SessionSetup(this.options, world, this.sessions);
    this.#setup15 = new SessionSetup15(this.options, world, this.sessions);
    this.#lost = new Set(this.options.losesAnswerTo);
  }

  get guid(): Buffer {
    return this.#setup.guid;
  }

  /** Takes a datagram of `peer` (address and port) and answers, at once or later. */
  receive(bytes: Buffer, peer: string, send: (answer: Buffer) => void): void {
    this.packets += 1;
    if (this.#isFrozen()) return;
    const packet = decodePacket(bytes);
    if (packet?.kind === 'ping') this.#send('capabilities', encodePong(packet.tag), send);
    else if (packet?.kind === '1.5') this.#answer15(packet, peer, send);
    else if (packet?.kind === '2.0') this.#answer20(packet, peer, send);
  }

  /** Forgets what was to happen. */
  stop(): void {
    this.chassis.stop();
  }

  #isFrozen(): boolean {
    const { freeze } = this.options;
    if (freeze === null) return false;
    const now = this.#world.now();
    if (now < this.#frozenUntilMs) return true;
    this.#burst = [...this.#burst.filter((at) => now - at < freeze.withinMs), now];
    if (this.#burst.length <= freeze.packets) return false;
    this.#burst = [];
    this.#frozenUntilMs = now + freeze.forMs;
    return true;
  }

  #answer20(packet: Packet20, peer: string, send: (answer: Buffer) => void): void {
    if (packet.sessionId === 0) this.#answerSetup(packet, peer, send);
    const session = this.sessions.find(packet.sessionId, peer);
    const payload = session && decodeInSession(session, packet);
    if (session === undefined || payload === undefined) return;
    const type = packet.payloadType;
    const answer =
      type === PAYLOAD.ipmi
        ? this.#command(payload, session)
        : type === PAYLOAD.sol
          ? echoSerial(session, payload)
          : undefined;
    if (answer !== undefined) this.#sendInSession(session, type, answer, send);
  }

  #answerSetup({ payloadType, payload }: Packet20, peer: string, send: (answer: Buffer) => void): void {
    if (this.chassis.settledMs < this.options.rakpSilentMs) return;
    const [type, stage, answer] =
      payloadType === PAYLOAD.openRequest
        ? ([PAYLOAD.openResponse, 'open', this.#setup.open(payload, peer)] as const)
        : payloadType === PAYLOAD.rakp1
          ? ([PAYLOAD.rakp2, 'rakp2', this.#setup.rakp1(payload, peer)] as const)
          : payloadType === PAYLOAD.rakp3
            ? ([PAYLOAD.rakp4, 'rakp4', this.#setup.rakp3(payload, peer)] as const)
            : [];
    if (type === undefined || answer === undefined) return;
    const spoilt = this.spoil(stage).payload?.(answer) ?? answer;
    this.#send(stage, encode20({ payloadType: type, sessionId: 0, sequence: 0, payload: spoilt }), send);
  }

  #answer15(packet: Packet15, peer: string, send: (answer: Buffer) => void): void {
    const request = decodeRequest(packet.payload);
    if (request === undefined) return;
    const session = this.sessions.find(packet.sessionId, peer);
    if (request.code === ACTIVATE_SESSION) {
      const activated = this.#setup15.activate(packet, request.data, peer);
      if (activated === undefined) return;
      const answer = encodeAnswer(request, activated.answer);
      this.#sendInSession(activated.session, PAYLOAD.ipmi, answer, send);
    } else if (session !== undefined) {
      if (session.suite !== null || !session.isActive || !isSigned15(session, packet)) return;
      if (!session.inbound.accept(packet.sequence)) return;
      const answer = this.#command(packet.payload, session);
      if (answer !== undefined) this.#sendInSession(session, PAYLOAD.ipmi, answer, send);
    } else if (packet.sessionId === 0 && packet.authType === AUTH_NONE)
      this.#answerAnybody(request, peer, send);
  }

  /** Outside of sessions. */
  #answerAnybody(request: Request, peer: string, send: (answer: Buffer) => void): void {
    const { code, data } = request;
    const answer =
      code === GET_SESSION_CHALLENGE ? this.#setup15.challenge(data, peer) : this.#run(request, undefined);
    if (answer === undefined) return;
    const encoded = encodeAnswer(request, answer);
    const payload = this.spoil('capabilities').payload?.(encoded) ?? encoded;
    const head = { authType: AUTH_NONE, sequence: 0, sessionId: 0, authCode: Buffer.alloc(0) };
    this.#send('capabilities', encode15({ ...head, payload }), send);
  }

  /** The message that answers; undefined where none does, or it is lost on the way. */
  #command(payload: Buffer, session: Session): Buffer | undefined {
    const request = decodeRequest(payload);
    const answer = request && this.#run(request, session);
    if (request === undefined || answer === undefined || this.#lost.delete(request.code)) return undefined;
    return encodeAnswer(request, answer);
  }

  #run({ code, data }: Request, session: Session | undefined): Answer | undefined {
    this.heard.push({ code, data: Buffer.from(data) });
    if (this.heard.length > HEARD_MAX) this.heard.shift();
    return runCommand(this, code, data, session);
  }

  #sendInSession(session: Session, type: number, bytes: Buffer, send: (answer: Buffer) => void): void {
    const random = (length: number) => this.#world.random(length);
    const packet = encodeInSession(session, { type, bytes }, random, this.spoil('command'));
    this.#send('command', packet, send);
  }

  #send(stage: SpoiltStage, right: Buffer, send: (answer: Buffer) => void): void {
    const { datagrams } = this.spoil(stage);
    const all = datagrams?.(right, this.#earlier) ?? [{ bytes: right, afterMs: 0 }];
    this.#earlier = right;
    for (const { bytes, afterMs } of all) {
      const delayMs = afterMs + this.options.answerDelayMs;
      if (delayMs === 0) send(bytes);
      else this.#world.startTimer(delayMs, () => send(bytes));
    }
  }
}
