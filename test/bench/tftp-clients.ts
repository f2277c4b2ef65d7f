/**
 * Many TFTP readers in one object: plain arrays, no timers, no sockets. The generator has to be cheaper than any
 * server that it measures.
 */
export interface TftpClientsPlan {
  readonly clients: number;
  /** Asked for by each; 0 leaves the option away. */
  readonly blockBytes: number;
  readonly windowBlocks: number;
  readonly fileBytes: number;
}

/** What a packet calls for. */
export type Reaction = 'ack' | 'nothing';

const DATA = 3;
const ERROR = 5;
const OACK = 6;

/** Readers by the letter of RFC 1350, 2347, 2348 and 7440 §4; a gap in a window is told once. */
export class TftpClients {
  readonly #plan: TftpClientsPlan;
  readonly #files: Buffer[];
  readonly #received: Uint32Array;
  readonly #blockBytes: Uint32Array;
  readonly #windowBlocks: Uint32Array;
  readonly #sinceAck: Uint32Array;
  readonly #gapTold: Uint8Array;
  readonly #server: Uint16Array;
  readonly #done: Uint8Array;
  readonly errors: string[] = [];
  /** Clients that are through, well or not. */
  ended = 0;

  constructor(plan: TftpClientsPlan) {
    const { clients, fileBytes } = plan;
    this.#plan = plan;
    this.#files = Array.from({ length: clients }, () => Buffer.alloc(fileBytes));
    this.#received = new Uint32Array(clients);
    this.#blockBytes = new Uint32Array(clients).fill(512);
    this.#windowBlocks = new Uint32Array(clients).fill(1);
    this.#sinceAck = new Uint32Array(clients);
    this.#gapTold = new Uint8Array(clients);
    this.#server = new Uint16Array(clients);
    this.#done = new Uint8Array(clients);
  }

  /** The server's port for this client, 0 before its first answer. */
  serverPort(client: number): number {
    return this.#server[client] ?? 0;
  }

  /** The number to acknowledge: of the last block in order. */
  lastBlock(client: number): number {
    return (this.#received[client] ?? 0) & 0xffff;
  }

  isDone(client: number): boolean {
    return this.#done[client] === 1;
  }

  file(client: number): Buffer {
    return this.#files[client] ?? Buffer.alloc(0);
  }

  take(client: number, bytes: Buffer, port: number): Reaction {
    if (this.#server[client] === 0) this.#server[client] = port;
    else if (this.#server[client] !== port) return 'nothing';
    const opcode = bytes[1];
    if (opcode === DATA) return this.#takeData(client, bytes);
    if (opcode === OACK) return this.#takeOack(client, bytes);
    if (opcode === ERROR && !this.isDone(client)) {
      this.errors.push(bytes.toString('latin1', 4, bytes.length - 1));
      this.#end(client);
    }
    return 'nothing';
  }

  /** What it says again after a silence acknowledges all it has. */
  repeat(client: number): void {
    this.#sinceAck[client] = 0;
    this.#gapTold[client] = 0;
  }

  #takeData(client: number, bytes: Buffer): Reaction {
    const received = this.#received[client] ?? 0;
    const block = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    if (block !== ((received + 1) & 0xffff)) return this.#stray(client, block);
    const blockBytes = this.#blockBytes[client] ?? 0;
    bytes.copy(this.file(client), received * blockBytes, 4);
    this.#received[client] = received + 1;
    this.#gapTold[client] = 0;
    const since = (this.#sinceAck[client] ?? 0) + 1;
    const last = bytes.length - 4 < blockBytes;
    if (last) this.#end(client);
    const answer = last || since === this.#windowBlocks[client];
    this.#sinceAck[client] = answer ? 0 : since;
    return answer ? 'ack' : 'nothing';
  }

  #stray(client: number, block: number): Reaction {
    // A block of the past: the ACK for it was lost. After the end, and in lock step, it is acknowledged again.
    const old = ((this.lastBlock(client) - block) & 0xffff) < 0x8000;
    if (this.isDone(client) || (old && this.#windowBlocks[client] === 1)) return 'ack';
    if (this.#gapTold[client] === 1) return 'nothing';
    this.#gapTold[client] = 1;
    this.#sinceAck[client] = 0;
    return 'ack';
  }

  #takeOack(client: number, bytes: Buffer): Reaction {
    if ((this.#received[client] ?? 0) > 0) return 'nothing';
    const words = bytes.toString('latin1', 2).split('\0');
    for (let at = 0; at + 1 < words.length; at += 2) {
      const value = Number(words[at + 1]);
      const name = words[at]?.toLowerCase();
      if (name === 'blksize') this.#blockBytes[client] = value;
      else if (name === 'windowsize') this.#windowBlocks[client] = value;
      else if (name === 'tsize' && value !== this.#plan.fileBytes) this.errors.push(`tsize ${value}`);
    }
    return 'ack';
  }

  #end(client: number): void {
    this.#done[client] = 1;
    this.ended += 1;
  }
}

/** A read request with the options that a PXE loader asks for. */
export function readRequest(name: string, { blockBytes, windowBlocks }: TftpClientsPlan): Buffer {
  const options = ['tsize', '0'];
  if (blockBytes > 0) options.push('blksize', String(blockBytes));
  if (windowBlocks > 0) options.push('windowsize', String(windowBlocks));
  return Buffer.from(`\0\x01${[name, 'octet', ...options].join('\0')}\0`, 'latin1');
}
