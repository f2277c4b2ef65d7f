import { type FileHandle, stat } from 'node:fs/promises';
import { type FileCache, type FileVersion, type HeldFile, openLocated } from '../../file-cache.ts';
import { type BootAnswer, type BootRequest, PLAIN_TEXT, wholeAnswer, withBody } from './answer.ts';
import { answerContent, type ContentFacts, type Part } from './content.ts';
import type { Outlet } from './outlet.ts';

export interface Sent {
  readonly bytes: number;
  readonly total: number;
  readonly ms: number;
}

/** Sends files as they lie on the disk, or in memory. */
export interface FileSender {
  /**
   * The answer that is a file. `path` is a real one: what lies there by a link now is not sent. `onSent` hears what
   * really left, also when the machine went away in the middle. Rejects if it cannot be read.
   */
  answer(request: BootRequest, path: string, onSent: (sent: Sent) => void): Promise<BootAnswer>;
  /** Buffers of files that are being read from the disk. */
  bytesInUse(): number;
}

/** So much of a file in memory is like any other short answer, of which nobody waits for the end. */
const SMALL_BYTES = 64 * 1024;
/** Of a file in memory: machines get their turn after so much of another's. */
const PIECE_BYTES = 1024 * 1024;
/** Buffers for reading from the disk, one a transfer: as much as this for all, and the least one beyond that. */
const READ_BUDGET_BYTES = 64 * 1024 * 1024;
const LARGEST_READ_BYTES = 512 * 1024;
const SMALLEST_READ_BYTES = 64 * 1024;

export function createFileSender(cache: FileCache): FileSender {
  let reading = 0;

  const fromMemory = (
    request: BootRequest,
    facts: FileVersion,
    { bytes, release }: HeldFile,
    onSent: (sent: Sent) => void,
  ): BootAnswer => {
    const { part, answer } = answerContent(request, contentFactsOf(facts));
    if (part === undefined) {
      release();
      return answer;
    }
    const size = part.to - part.from + 1;
    if (size <= SMALL_BYTES) {
      release();
      onSent({ bytes: size, total: size, ms: 0 });
      return withBody(answer, bytes.subarray(part.from, part.to + 1));
    }
    const body = (outlet: Outlet) =>
      report(part, onSent, () => sendPieces(outlet, bytes, part)).finally(release);
    return withBody(answer, body);
  };

  const bufferFor = (outlet: Outlet, length: number): Buffer => {
    // Where the kernel sends the most of it, what is read are small pieces in between.
    const share =
      outlet.sendFile === undefined
        ? Math.max(SMALLEST_READ_BYTES, (READ_BUDGET_BYTES - reading) / 8)
        : SMALLEST_READ_BYTES;
    return Buffer.allocUnsafeSlow(Math.min(length, LARGEST_READ_BYTES, Math.floor(share)));
  };

  const fromDisk = async (
    request: BootRequest,
    file: FileHandle,
    onSent: (sent: Sent) => void,
  ): Promise<BootAnswer> => {
    const facts = await file.stat();
    const { part, answer } = answerContent(request, contentFactsOf(facts));
    if (part === undefined) {
      await file.close();
      return answer;
    }
    const body = async (outlet: Outlet): Promise<void> => {
      const buffer = bufferFor(outlet, part.to - part.from + 1);
      reading += buffer.length;
      const send = () =>
        sendRead(outlet, { file, facts, part, buffer }).finally(() => {
          reading -= buffer.length;
        });
      await report(part, onSent, send).finally(() => file.close());
    };
    return withBody(answer, body);
  };

  return {
    bytesInUse: () => reading,
    async answer(request, path, onSent) {
      const recent = cache.holdRecent(path);
      if (recent !== undefined) return fromMemory(request, recent.version, recent, onSent);
      const facts = await stat(path);
      if (!facts.isFile()) return NOT_A_FILE;
      const held = cache.hold(path, facts);
      if (held !== undefined) return fromMemory(request, facts, held, onSent);
      // What is measured is what is sent, and what cannot be read fails while there can still be an answer.
      const file = await openLocated(path);
      if (file === undefined) return NOT_A_FILE;
      return fromDisk(request, file, onSent).catch(async (error) => {
        await file.close();
        throw error;
      });
    },
  };
}

const NOT_A_FILE = wholeAnswer(404, PLAIN_TEXT, 'not a file\n');

function contentFactsOf({ size, mtimeMs }: FileVersion): ContentFacts {
  const etag = `"${size.toString(16)}-${Math.floor(mtimeMs * 1000).toString(16)}"`;
  return { size, etag, modifiedMs: mtimeMs };
}

async function report(
  { from, to }: Part,
  onSent: (sent: Sent) => void,
  send: () => Promise<number>,
): Promise<void> {
  const began = performance.now();
  const bytes = await send();
  onSent({ bytes, total: to - from + 1, ms: performance.now() - began });
}

/** Bytes of the part that were taken; fewer than it has where the machine went away. */
async function sendPieces(outlet: Outlet, bytes: Buffer, { from, to }: Part): Promise<number> {
  for (let at = from; ; at += PIECE_BYTES) {
    const isLast = at + PIECE_BYTES > to;
    const piece = bytes.subarray(at, isLast ? to + 1 : at + PIECE_BYTES);
    const isTaken = await (isLast ? outlet.end(piece) : outlet.write(piece));
    if (!isTaken) return at - from;
    if (isLast) return to - from + 1;
  }
}

interface Reading {
  readonly file: FileHandle;
  readonly facts: FileVersion;
  readonly part: Part;
  readonly buffer: Buffer;
}

/** The same from the disk. The last piece leaves only if the file is still the one that was announced. */
async function sendRead(outlet: Outlet, { file, facts, part, buffer }: Reading): Promise<number> {
  for (let at = part.from; ; ) {
    const beforeLast = part.to + 1 - buffer.length - at;
    if (beforeLast > 0) at += (await outlet.sendFile?.(file.fd, at, beforeLast)) ?? 0;
    const wanted = Math.min(buffer.length, part.to - at + 1);
    const { bytesRead } = await file.read(buffer, 0, wanted, at);
    const isLast = at + bytesRead > part.to;
    if (bytesRead === 0 || (isLast && !(await isUnchanged(file, facts)))) return at - part.from;
    const piece = buffer.subarray(0, bytesRead);
    const isTaken = await (isLast ? outlet.end(piece) : outlet.write(piece));
    if (!isTaken) return at - part.from;
    at += bytesRead;
    if (isLast) return at - part.from;
  }
}

/** Not by the time of change of its record, which a new name for the open file changes as well. */
async function isUnchanged(file: FileHandle, { size, mtimeMs }: FileVersion): Promise<boolean> {
  const now = await file.stat();
  return now.size === size && now.mtimeMs === mtimeMs;
}
