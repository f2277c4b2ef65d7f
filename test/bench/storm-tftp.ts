import { createSocket } from 'node:dgram';
import { isPattern } from './pattern.ts';

/** What a machine asks for by TFTP, and where. */
export interface TftpWish {
  /** The machine's own address, to send from. */
  readonly from: string;
  readonly server: string;
  readonly name: string;
  readonly bytes: number;
}

/** UEFI firmware (EDK2's Mtftp4) waits four seconds, six times, and tells the block size of an Ethernet frame. */
const AGAIN_MS = 4_000;
const TRIES = 6;
const BLOCK_BYTES = 1_468;
const LOOK_EVERY_MS = 100;

const OPCODE = { data: 3, error: 5, oack: 6 } as const;

/** Fetches one file block by block, and checks every byte. Rejects with the reason; `onRepeat` hears of every repetition. */
export function fetchByTftp(wish: TftpWish, onRepeat: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', lookup: (host, _, done) => done(null, host, 4) });
    let received = 0;
    let block = 0;
    let last = requestOf(wish);
    let to = 69;
    let tries = 1;
    let sentAtMs = performance.now();
    const send = (bytes: Buffer) => {
      last = bytes;
      sentAtMs = performance.now();
      socket.send(bytes, to, wish.server, () => {});
    };
    const timer = setInterval(() => {
      if (performance.now() - sentAtMs < AGAIN_MS) return;
      if (tries === TRIES) return end(new Error(`no answer after ${received} bytes of ${wish.name}`));
      tries += 1;
      onRepeat();
      send(last);
    }, LOOK_EVERY_MS);
    const end = (error?: Error) => {
      clearInterval(timer);
      socket.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    const take = (bytes: Buffer) => {
      const opcode = bytes.readUInt16BE(0);
      if (opcode === OPCODE.error)
        return end(new Error(`ERROR for ${wish.name}: ${bytes.toString('latin1', 4)}`));
      if (opcode === OPCODE.oack) return block === 0 ? send(ackOf(0)) : undefined;
      if (opcode !== OPCODE.data) return end(new Error(`opcode ${opcode} for ${wish.name}`));
      if (bytes.readUInt16BE(2) !== ((block + 1) & 0xffff)) return send(ackOf(block));
      const payload = bytes.subarray(4);
      if (!isPattern(payload, received))
        return end(new Error(`block ${block + 1} of ${wish.name} is another one`));
      block += 1;
      tries = 1;
      received += payload.length;
      send(ackOf(block));
      if (payload.length === BLOCK_BYTES) return;
      end(received === wish.bytes ? undefined : new Error(`${received} bytes of ${wish.name}`));
    };
    socket.on('message', (bytes, from) => {
      if (to === 69) to = from.port;
      // The answer to a repeated request comes from another port, RFC 1350 §4.
      if (from.port === to) take(bytes);
    });
    socket.on('error', end);
    socket.bind({ address: wish.from }, () => send(last));
  });
}

function requestOf({ name }: TftpWish): Buffer {
  return Buffer.from(`\0\x01${name}\0octet\0tsize\x000\0blksize\0${BLOCK_BYTES}\0`, 'latin1');
}

function ackOf(block: number): Buffer {
  return Buffer.from([0, 4, (block >> 8) & 0xff, block & 0xff]);
}
