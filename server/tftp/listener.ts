import { withoutToken } from '../../src/boot/boot-names.ts';
import { negotiate } from '../../src/tftp/negotiate.ts';
import { TFTP_ERROR } from '../../src/tftp/packet.ts';
import type { TransferEnd } from '../../src/tftp/transfer.ts';
import { Deadlines, type StartTimer, startRealTimer } from '../deadlines.ts';
import { type Listener, portRefusal } from '../listeners/listener.ts';
import { type BindUdp, bindUdp, type DatagramSocket, type Endpoint } from '../net/datagram.ts';
import { type BindPeers, plainPeers } from '../net/peer-socket.ts';
import type { TftpEvent } from './events.ts';
import { checkLimits, type TftpLimits } from './limits.ts';
import type { TftpFind } from './lookup.ts';
import { type TftpPlace, TftpPlaces } from './places.ts';
import { bytesToSend, type JudgedRequest, judgeRequest, type Refusal } from './request.ts';
import { answerToStranger, errorPacket, openSession } from './session.ts';
import { TransferPorts } from './transfer-ports.ts';

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
  /** How the ports of transfers are bound, default plain ones by `bind`. */
  readonly bindPeers?: BindPeers;
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
  return new RunningTftpListener(options, checkLimits(options.limits));
}

class RunningTftpListener implements TftpListener {
  readonly name: string;
  readonly #options: TftpListenerOptions;
  readonly #limits: TftpLimits;
  readonly #bind: BindUdp;
  readonly #places: TftpPlaces;
  readonly #ports: TransferPorts;
  readonly #deadlines: Deadlines;
  #socket: DatagramSocket | undefined;

  constructor(options: TftpListenerOptions, limits: TftpLimits) {
    this.name = `tftp ${options.listen.address}`;
    this.#options = options;
    this.#limits = limits;
    this.#bind = options.bind ?? bindUdp;
    this.#places = new TftpPlaces(limits);
    const bindPeers = options.bindPeers ?? plainPeers(this.#bind);
    this.#ports = new TransferPorts(() => bindPeers(this.#portOptions()));
    this.#deadlines = new Deadlines(options.now, options.startTimer ?? startRealTimer);
  }

  get local(): Endpoint | undefined {
    return this.#socket?.local;
  }

  /** Answers leave from the address that was asked (RFC 1123 §2.3). */
  #portOptions(): Parameters<BindPeers>[0] {
    const { listen, log } = this.#options;
    return {
      address: listen.address,
      onStranger: (bytes, answer) => {
        const words = answerToStranger(bytes);
        if (words !== undefined) answer(words);
      },
      onError: (error) => log.error({ err: error, listener: this.name }, 'tftp socket error'),
    };
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
      bytes,
      negotiation,
      ports: this.#ports,
      deadlines: this.#deadlines,
      now: this.#options.now,
      isWanted: () => !place.left,
      onEnd: (end) => this.#onEnd(place, end, negotiation),
    });
    place.session = await opening.catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      this.#refusePlace(place, { reason: 'no-socket', errorCode: TFTP_ERROR.notDefined, detail });
      return undefined;
    });
  }

  #onEnd(place: TftpPlace, end: TransferEnd, agreed: { blockBytes: number; windowBlocks: number }): void {
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
