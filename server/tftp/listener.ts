import { withoutToken } from '../../src/boot/boot-names.ts';
import { negotiate, WINDOW_BLOCKS_MAX } from '../../src/tftp/negotiate.ts';
import { TFTP_ERROR } from '../../src/tftp/packet.ts';
import { type Listener, portRefusal } from '../listeners/listener.ts';
import { type BindUdp, bindUdp, type DatagramSocket, type Endpoint } from '../net/datagram.ts';
import type { TftpEvent } from './events.ts';
import type { TftpFind } from './lookup.ts';
import { type TftpPlace, TftpPlaces } from './places.ts';
import { bytesToSend, type JudgedRequest, judgeRequest, type Refusal } from './request.ts';
import { errorPacket, openSession, type SessionEnd, type StartTimer, startRealTimer } from './session.ts';

export interface TftpLimits {
  /** Largest block to agree to: blockLimitForMtu of the interface. Default 1468, for an MTU of 1500. */
  readonly blockBytes: number;
  /** Largest window to agree to, 1–64 blocks. Default 64. */
  readonly windowBlocks: number;
  /** Largest file to serve, in bytes. Default 32 MB (F28): what is larger belongs to HTTP. */
  readonly fileBytes: number;
  /** Largest file to serve in netascii, in bytes. Default 1 MiB. */
  readonly netasciiBytes: number;
  /** Transfers at once. Default 1024. */
  readonly sessions: number;
  /** Transfers at once to one client address. Default 32. */
  readonly sessionsPerClient: number;
}

const DEFAULT_TFTP_LIMITS: TftpLimits = {
  blockBytes: 1468,
  windowBlocks: WINDOW_BLOCKS_MAX,
  fileBytes: 32 * 1024 * 1024,
  netasciiBytes: 1024 * 1024,
  sessions: 1024,
  sessionsPerClient: 32,
};

/** The part of a pino logger that is used here. */
export interface TftpLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface TftpListenerOptions {
  /**
   * Where to listen. Give one listener to each local address: answers leave from this address, and clients and
   * firewalls drop answers from another. With 0.0.0.0 the routing table chooses the source of each answer.
   */
  readonly listen: Endpoint;
  readonly find: TftpFind;
  /** The machine that has an address; default: nobody is known. */
  readonly macOf?: (address: string) => string | undefined;
  readonly onEvent: (event: TftpEvent) => void;
  readonly log: TftpLog;
  /** Milliseconds on a clock that never goes back (performance.now). */
  readonly now: () => number;
  readonly limits?: Partial<TftpLimits>;
  readonly bind?: BindUdp;
  readonly startTimer?: StartTimer;
}

export interface TftpListener extends Listener {
  /** Where it listens while it runs; the port is the real one, also when port 0 was asked for. */
  readonly local: Endpoint | undefined;
}

/** A repeated request of a client that moved on within this time is a late copy; after it, a machine that was reset. */
const RESET_AFTER_MS = 1_000;
/** Requests of a whole rack fit while the process is busy. */
const RECV_BUFFER_BYTES = 1024 * 1024;

/**
 * A read-only TFTP server on one address (RFC 1350, options RFC 2347–2349 and 7440). Not started yet.
 * @throws RangeError for limits that no transfer could keep
 */
export function createTftpListener(options: TftpListenerOptions): TftpListener {
  const limits = { ...DEFAULT_TFTP_LIMITS, ...options.limits };
  if (limits.blockBytes < 8 || limits.blockBytes > 65464)
    throw new RangeError(`TFTP block limit ${limits.blockBytes} is outside 8-65464 (RFC 2348)`);
  if (limits.windowBlocks < 1 || limits.windowBlocks > WINDOW_BLOCKS_MAX)
    throw new RangeError(`TFTP window limit ${limits.windowBlocks} is outside 1-${WINDOW_BLOCKS_MAX}`);
  return new RunningTftpListener(options, limits);
}

class RunningTftpListener implements TftpListener {
  readonly name: string;
  readonly #options: TftpListenerOptions;
  readonly #limits: TftpLimits;
  readonly #bind: BindUdp;
  readonly #places: TftpPlaces;
  #socket: DatagramSocket | undefined;

  constructor(options: TftpListenerOptions, limits: TftpLimits) {
    this.name = `tftp ${options.listen.address}`;
    this.#options = options;
    this.#limits = limits;
    this.#bind = options.bind ?? bindUdp;
    this.#places = new TftpPlaces(limits);
  }

  get local(): Endpoint | undefined {
    return this.#socket?.local;
  }

  async start(): Promise<void> {
    const { listen, log } = this.#options;
    if (this.#socket !== undefined) throw new Error(`${this.name} is running`);
    try {
      this.#socket = await this.#bind({
        ...listen,
        recvBufferBytes: RECV_BUFFER_BYTES,
        onError: (error) => log.error({ err: error, listener: this.name }, 'tftp socket error'),
      });
    } catch (error) {
      throw portRefusal({ name: this.name, protocol: 'udp', ...listen }, error);
    }
    this.#socket.onMessage((bytes, client) => this.#onDatagram(bytes, client));
  }

  async stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    await Promise.all([
      socket?.close(),
      ...this.#places.list().map((place) => this.#abort(place, 'stopping', 'the server is stopping')),
    ]);
  }

  #onDatagram(bytes: Buffer, client: Endpoint): void {
    // Nobody can be answered on port 0.
    if (client.port === 0) return;
    const judged = judgeRequest(bytes);
    if (judged.verdict === 'ignore') {
      this.#options.log.debug({ client, listener: this.name }, `tftp: ${judged.detail}`);
    } else if (judged.verdict === 'refuse') {
      this.#refuse(judged.name, client, judged);
    } else if (!this.#isRepetition(bytes, client)) {
      this.#admit(judged, bytes, client);
    }
  }

  /** Is this what the client's port asks for already? An older, different or dead wish of it is ended. */
  #isRepetition(bytes: Buffer, client: Endpoint): boolean {
    const place = this.#places.find(client);
    if (place === undefined) return false;
    const fresh = place.session?.isFresh(RESET_AFTER_MS) ?? true;
    if (fresh && place.request.equals(bytes)) {
      place.session?.repeat();
      return true;
    }
    // Intel's ROMs ask from the same few ports after each reset: the old transfer must not shadow the new one.
    void this.#abort(place, 'superseded', 'a new request came from this port');
    return false;
  }

  #admit(judged: JudgedRequest & { verdict: 'serve' }, bytes: Buffer, client: Endpoint): void {
    const { name } = judged;
    const full = this.#places.fullFor(client);
    if (full !== undefined) {
      this.#emit({ type: 'refused', client, name, reason: 'busy', detail: full });
      return;
    }
    const place = this.#places.take(client, bytes, name);
    this.#emit({ type: 'request', client, name });
    this.#serve(place, judged).catch((error: unknown) => {
      this.#options.log.error(
        { err: error, client, file: withoutToken(name) },
        'tftp: looking up a file failed',
      );
      const detail = error instanceof Error ? error.message : String(error);
      this.#refusePlace(place, { reason: 'lookup-failed', errorCode: TFTP_ERROR.notDefined, detail });
    });
  }

  async #serve(place: TftpPlace, judged: JudgedRequest & { verdict: 'serve' }): Promise<void> {
    const { client, name } = place;
    const { find, macOf } = this.#options;
    const server = this.#options.listen.address;
    const file = await find(name, { address: client.address, server, mac: macOf?.(client.address) });
    if (place.left) return;
    if ('missing' in file) {
      this.#places.leave(place);
      this.#reply(client, TFTP_ERROR.fileNotFound, 'file not found');
      const { missing: detail, isOptional = false } = file;
      this.#emit({ type: 'not-found', client, name, detail, isOptional });
      return;
    }
    const bytes = bytesToSend(file.bytes, judged.mode, this.#limits);
    if (!Buffer.isBuffer(bytes)) {
      this.#refusePlace(place, bytes);
      return;
    }
    place.totalBytes = bytes.length;
    await this.#open(place, judged, bytes);
  }

  async #open(place: TftpPlace, judged: JudgedRequest & { verdict: 'serve' }, bytes: Buffer): Promise<void> {
    const negotiation = negotiate(judged.options, bytes.length, this.#limits);
    const opening = openSession({
      client: place.client,
      localAddress: this.#options.listen.address,
      bytes,
      negotiation,
      bind: this.#bind,
      now: this.#options.now,
      startTimer: this.#options.startTimer ?? startRealTimer,
      isWanted: () => !place.left,
      onEnd: (end) => this.#onEnd(place, end, negotiation),
    });
    place.session = await opening.catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      this.#refusePlace(place, { reason: 'no-socket', errorCode: TFTP_ERROR.notDefined, detail });
      return undefined;
    });
  }

  #onEnd(place: TftpPlace, end: SessionEnd, agreed: { blockBytes: number; windowBlocks: number }): void {
    if (!this.#places.leave(place)) return;
    const { client, name, totalBytes } = place;
    if (!end.ok) {
      this.#emit({ type: 'aborted', client, name, ...end.failure, totalBytes });
    } else if (end.result.outcome === 'probe') {
      this.#emit({ type: 'probe', client, name, bytes: totalBytes });
    } else {
      const { bytes, ms, resentBlocks } = end.result;
      const { blockBytes, windowBlocks } = agreed;
      this.#emit({ type: 'complete', client, name, bytes, ms, resentBlocks, blockBytes, windowBlocks });
    }
  }

  async #abort(place: TftpPlace, reason: 'superseded' | 'stopping', detail: string): Promise<void> {
    if (!this.#places.leave(place)) return;
    const { client, name, totalBytes, session } = place;
    const ackedBytes = session?.ackedBytes() ?? 0;
    this.#emit({ type: 'aborted', client, name, reason, detail, ackedBytes, totalBytes });
    // Superseded means that the client's port waits for another answer: an ERROR would be taken for that one.
    await session?.abort(reason === 'stopping' ? detail : undefined);
  }

  #refusePlace(place: TftpPlace, refusal: Refusal): void {
    if (this.#places.leave(place)) this.#refuse(place.name, place.client, refusal);
  }

  /** Refuses aloud. From the listening port: a client takes its first answer from any port (RFC 1350 §4). */
  #refuse(name: string, client: Endpoint, { reason, errorCode, detail }: Refusal): void {
    this.#reply(client, errorCode, reason === 'lookup-failed' ? 'internal error' : detail);
    this.#emit({ type: 'refused', client, name, reason, detail });
  }

  #reply(client: Endpoint, code: number, message: string): void {
    this.#socket?.send(errorPacket(code, message), client);
  }

  /** A listener of events that throws must not take the socket's callback down with it. */
  #emit(event: TftpEvent): void {
    try {
      this.#options.onEvent(event);
    } catch (error) {
      this.#options.log.error({ err: error, event: event.type }, 'tftp: an event could not be recorded');
    }
  }
}
