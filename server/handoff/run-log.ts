import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HandoffLog, HandoffLogs } from '../../src/services/handoff/handoff-deps.ts';

const MOST_BYTES = 4 * 1024 * 1024;
/** Where a run failed stands at the end, so the end is kept of one that writes too much. */
const TAIL_BYTES = 64 * 1024;
const PIECE_BYTES = 256 * 1024;

/** Logs as `<folder>/<id>.log`, mode 0600. `onError` hears of a disk that takes no more; the run goes on without it. */
export function createRunLogs(
  folder: string,
  onError: (error: unknown) => void,
  mostBytes: number = MOST_BYTES,
): HandoffLogs {
  const pathOf = (id: number): string => join(folder, `${id}.log`);
  return {
    async open(id) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(pathOf(id), 'a', 0o600);
      const { size } = await file.stat();
      return writeTo(file, mostBytes - size, onError);
    },
    async read(id, from) {
      const file = await open(pathOf(id), 'r').catch(() => undefined);
      if (file === undefined) return { text: '', next: from };
      try {
        const buffer = Buffer.alloc(PIECE_BYTES);
        const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, from);
        const bytes = buffer.subarray(0, bytesRead);
        // Whole lines, so that no character is cut in two; a line longer than a piece is.
        const end = bytes.lastIndexOf(0x0a) + 1;
        const piece = end === 0 && bytesRead === PIECE_BYTES ? bytes : bytes.subarray(0, end);
        return { text: piece.toString('utf8'), next: from + piece.length };
      } finally {
        await file.close();
      }
    },
    async prune(listIds) {
      // The files first: a run that begins in between is on record by then.
      const names = await readdir(folder).catch(() => []);
      const ids = new Set((await listIds()).map((id) => `${id}.log`));
      for (const name of names)
        if (name.endsWith('.log') && !ids.has(name)) await rm(join(folder, name), { force: true });
    },
  };
}

function writeTo(file: FileHandle, roomBytes: number, onError: (error: unknown) => void): HandoffLog {
  let room = roomBytes;
  let leftOut = 0;
  let tail = Buffer.alloc(0);
  let endsInLine = false;
  let written: Promise<unknown> = Promise.resolve();
  const append = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    endsInLine = bytes.at(-1) !== 0x0a;
    written = written.then(() => file.write(bytes)).catch(onError);
  };
  return {
    write(text) {
      const bytes = Buffer.from(text);
      const kept = bytes.subarray(0, Math.max(0, room));
      room -= kept.length;
      append(kept);
      const rest = bytes.subarray(kept.length);
      if (rest.length === 0) return;
      const joined = Buffer.concat([tail, rest]);
      tail = joined.subarray(Math.max(0, joined.length - TAIL_BYTES));
      leftOut += joined.length - tail.length;
    },
    async close() {
      if (leftOut > 0)
        append(Buffer.from(`\n[${leftOut} bytes are left out: a log is kept up to its limit]\n`));
      append(tail);
      if (endsInLine) append(Buffer.from('\n'));
      await written;
      await file.close();
    },
  };
}
