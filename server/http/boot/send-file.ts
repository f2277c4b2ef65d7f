import { type FileHandle, open, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FileCache, FileVersion } from '../../file-cache.ts';
import { beginContent, type ContentFacts, type Part } from './content.ts';
import { createOutlet, type Outlet } from './outlet.ts';

export interface Sent {
  readonly bytes: number;
  readonly total: number;
  readonly ms: number;
}

/** Sends files as they lie on the disk, or in memory. */
export interface FileSender {
  /** `onSent` hears what really left, also when the machine went away in the middle. Rejects if it cannot be read. */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    onSent: (sent: Sent) => void,
  ): Promise<void>;
  /** Buffers of files that are being read from the disk. */
  bytesInUse(): number;
}

/** Of a file in memory: machines get their turn after so much of another's. */
const PIECE_BYTES = 1024 * 1024;
/** Buffers for reading from the disk, one a transfer: as much as this for all, and the least one beyond that. */
const READ_BUDGET_BYTES = 64 * 1024 * 1024;
const LARGEST_READ_BYTES = 512 * 1024;
const SMALLEST_READ_BYTES = 64 * 1024;

export function createFileSender(cache: FileCache): FileSender {
  let reading = 0;

  const fromMemory = async (
    request: IncomingMessage,
    response: ServerResponse,
    facts: FileVersion,
    bytes: Buffer,
    onSent: (sent: Sent) => void,
  ): Promise<void> => {
    const part = beginContent(request, response, contentFactsOf(facts));
    if (part === undefined) return;
    await report(part, onSent, () => sendPieces(createOutlet(response), bytes, part));
  };

  const fromDisk = async (
    request: IncomingMessage,
    response: ServerResponse,
    file: FileHandle,
    onSent: (sent: Sent) => void,
  ): Promise<void> => {
    const facts = await file.stat();
    const part = beginContent(request, response, contentFactsOf(facts));
    if (part === undefined) return;
    const share = Math.min(
      LARGEST_READ_BYTES,
      Math.max(SMALLEST_READ_BYTES, (READ_BUDGET_BYTES - reading) / 8),
    );
    const buffer = Buffer.allocUnsafeSlow(Math.min(part.to - part.from + 1, Math.floor(share)));
    reading += buffer.length;
    const send = () =>
      sendRead(createOutlet(response), { file, facts, part, buffer }).finally(() => {
        reading -= buffer.length;
      });
    try {
      await report(part, onSent, send);
    } finally {
      // A file that is not whole, or not the same any more: the machine must not take it for what it asked for.
      if (!response.writableEnded) response.destroy();
    }
  };

  return {
    bytesInUse: () => reading,
    async send(request, response, path, onSent) {
      const facts = await stat(path);
      if (!facts.isFile()) return refuseNonFile(response);
      const held = cache.hold(path, facts);
      if (held !== undefined) {
        return fromMemory(request, response, facts, held.bytes, onSent).finally(held.release);
      }
      // What is measured is what is sent, and what cannot be read fails while there can still be an answer.
      const file = await open(path, 'r');
      try {
        await fromDisk(request, response, file, onSent);
      } finally {
        await file.close();
      }
    },
  };
}

function contentFactsOf({ size, mtimeMs }: FileVersion): ContentFacts {
  const etag = `"${size.toString(16)}-${Math.floor(mtimeMs * 1000).toString(16)}"`;
  return { size, etag, modifiedMs: mtimeMs };
}

function refuseNonFile(response: ServerResponse): void {
  const text = 'not a file\n';
  response
    .writeHead(404, ['content-type', 'text/plain; charset=utf-8', 'content-length', String(text.length)])
    .end(text);
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
