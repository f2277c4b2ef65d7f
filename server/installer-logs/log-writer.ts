import { appendFile, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogLimits, shortenLog } from './shorten.ts';

/** What may wait for a disk that is slow; lines that are missing are better than a service without memory. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** Lines wait so long for their neighbours. */
const LATER_MS = 500;

export interface LogWriterParts {
  readonly folder: string;
  readonly limits: LogLimits;
  /** Hears of a file that cannot be written; its lines are lost. */
  readonly onError: (error: unknown, path: string) => void;
  readonly startTimer: (ms: number, work: () => void) => void;
}

/** Collects the lines of many installs and writes those of one in one piece. */
export class LogWriter {
  readonly #parts: LogWriterParts;
  #waiting = new Map<number, Buffer[]>();
  #waitingBytes = 0;
  readonly #lost = new Map<number, number>();
  #isTimed = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
  }

  append(installId: number, lines: string): void {
    const bytes = Buffer.from(lines);
    if (this.#waitingBytes + bytes.length > WAITING_BYTES) {
      this.#lost.set(installId, (this.#lost.get(installId) ?? 0) + bytes.length);
      return;
    }
    this.#waitingBytes += bytes.length;
    const pieces = this.#waiting.get(installId);
    if (pieces === undefined) this.#waiting.set(installId, [bytes]);
    else pieces.push(bytes);
    if (this.#isTimed) return;
    this.#isTimed = true;
    this.#parts.startTimer(LATER_MS, () => {
      this.#isTimed = false;
      void this.flush();
    });
  }

  /** Resolves when everything that waits now is written. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = new Map();
    for (const [installId, pieces] of all) {
      const bytes = Buffer.concat(pieces);
      const path = join(this.#parts.folder, `${installId}.log`);
      await this.#write(path, Buffer.concat([this.#lostLine(installId), bytes])).catch((error) =>
        this.#parts.onError(error, path),
      );
      this.#waitingBytes -= bytes.length;
    }
  }

  #lostLine(installId: number): Buffer {
    const lost = this.#lost.get(installId);
    this.#lost.delete(installId);
    return Buffer.from(lost === undefined ? '' : `---- ${lost} bytes lost, the disk was too slow ----\n`);
  }

  async #write(path: string, bytes: Buffer): Promise<void> {
    const { limits } = this.#parts;
    await appendFile(path, bytes, { mode: 0o600 });
    if ((await stat(path)).size <= limits.mostBytes) return;
    const shorter = shortenLog(await readFile(path), limits);
    await writeFile(`${path}.new`, shorter, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
