import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type InstallLogFiles,
  LOG_NAMES,
  type LogName,
  type LogPart,
  SYSLOG,
} from '../../src/services/installer-logs/log-files.ts';
import { gapWindow, type LogLayout, placeOf, readLayout, totalBytes } from './log-layout.ts';
import { LogWriter } from './log-writer.ts';
import { LOG_LIMITS, type LogLimits } from './shorten.ts';

/** Longest part that is read at once. */
const PART_BYTES = 256 * 1024;
/** So far the end of a file is searched for its last lines. */
const TAIL_BYTES = 2 * 1024 * 1024;
/** Largest log that is kept of an installer, and how much of a larger one is listened to. */
const UPLOAD_BYTES = 4 * 1024 * 1024;
const PATIENCE_BYTES = 64 * 1024 * 1024;

const LF = 0x0a;

export interface LogFilesParts {
  readonly folder: string;
  readonly onError: (error: unknown, path: string) => void;
  readonly startTimer: (ms: number, work: () => void) => void;
  readonly limits?: LogLimits;
}

/** The logs of installs: `<folder>/<install>.log` from syslog, `<folder>/<install>.<name>.log` from uploads. */
export function openInstallLogFiles(parts: LogFilesParts): InstallLogFiles {
  const { folder, limits = LOG_LIMITS } = parts;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // What a crash has left half.
  for (const name of readdirSync(folder)) if (/\.(part|new)$/.test(name)) rmSync(join(folder, name));
  let uploads = 0;
  const writer = new LogWriter({ ...parts, limits });
  const pathOf = (installId: number, name: LogName): string =>
    join(folder, name === SYSLOG ? `${installId}.log` : `${installId}.${name}.log`);
  const read = async <T>(
    installId: number,
    name: LogName,
    work: (file: FileHandle, layout: LogLayout) => Promise<T>,
  ): Promise<T | undefined> => {
    await writer.flush();
    const file = await open(pathOf(installId, name), 'r').catch(unlessMissing);
    if (file === undefined) return undefined;
    try {
      return await work(file, await layoutOf(file, name, limits));
    } finally {
      await file.close();
    }
  };
  return {
    append: (installId, lines) => writer.append(installId, lines),
    flush: () => writer.flush(),
    part: (installId, name, from) =>
      read(installId, name, (file, layout) => readPart(file, layout, from, PART_BYTES)),
    tail: (installId, name, lines) => read(installId, name, (file, layout) => readTail(file, layout, lines)),

    async list(installId) {
      await writer.flush();
      const names = await readdir(folder);
      return LOG_NAMES.filter((name) => names.includes(basename(pathOf(installId, name))));
    },

    async receive(installId, name, bytes) {
      const path = pathOf(installId, name);
      // Not two at once into one file: the one that is whole last stays.
      uploads += 1;
      const part = `${path}.${uploads}.part`;
      const file = await open(part, 'wx', 0o600);
      let size = 0;
      try {
        for await (const piece of bytes) {
          size += piece.length;
          // Read on to its end, within reason: who is cut off in the middle does not hear why.
          if (size > PATIENCE_BYTES) break;
          if (size <= UPLOAD_BYTES) await file.writeFile(piece);
        }
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      } finally {
        await file.close();
      }
      if (size > UPLOAD_BYTES) {
        await rm(part, { force: true });
        return undefined;
      }
      await rename(part, path);
      return size;
    },

    async removeUnless(isKept) {
      let removed = 0;
      for (const name of await readdir(folder)) {
        const installId = Number(/^(\d{1,15})\./.exec(name)?.[1]);
        if (Number.isNaN(installId) || isKept(installId)) continue;
        await rm(join(folder, name), { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

async function layoutOf(file: FileHandle, name: LogName, limits: LogLimits): Promise<LogLayout> {
  const fileBytes = (await file.stat()).size;
  // What was uploaded is as the installer wrote it.
  const { at, length } = gapWindow(limits.headBytes);
  const window = name === SYSLOG ? await readAt(file, at, length) : Buffer.alloc(0);
  return readLayout(fileBytes, window, limits.headBytes);
}

async function readPart(
  file: FileHandle,
  layout: LogLayout,
  offset: number,
  mostBytes: number,
): Promise<LogPart> {
  const { from, fileAt, fileEnd, skipped } = placeOf(layout, offset);
  const bytes = await readAt(file, fileAt, Math.min(mostBytes, fileEnd - fileAt));
  // Whole lines, so that no character is cut, unless one line is longer than a part.
  const end = fileAt + bytes.length < fileEnd ? bytes.lastIndexOf(LF) + 1 : bytes.length;
  const whole = end === 0 ? bytes : bytes.subarray(0, end);
  const next = from + whole.length;
  return { text: whole.toString('utf8'), from, next, total: totalBytes(layout), leftOutBytes: skipped };
}

async function readTail(file: FileHandle, layout: LogLayout, lines: number): Promise<LogPart> {
  const { fileBytes, headBytes, gapLineBytes } = layout;
  const afterGap = gapLineBytes > 0 ? headBytes + gapLineBytes : 0;
  const begin = Math.max(fileBytes - TAIL_BYTES, afterGap);
  const bytes = await readAt(file, begin, fileBytes - begin);
  const text = bytes.subarray(lastLinesAt(bytes, lines, begin === afterGap));
  const total = totalBytes(layout);
  return { text: text.toString('utf8'), from: total - text.length, next: total, total, leftOutBytes: 0 };
}

/** Where the last so many lines begin; a line whose beginning is not there is none. */
function lastLinesAt(bytes: Buffer, lines: number, beginsWithLine: boolean): number {
  let at = bytes.length;
  for (let left = lines; left > 0; left -= 1) {
    const end = at < 2 ? -1 : bytes.lastIndexOf(LF, at - 2);
    if (end === -1) return beginsWithLine ? 0 : at;
    at = end + 1;
  }
  return at;
}

/** Fewer bytes where the file ends before. */
async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
