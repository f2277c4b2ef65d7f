import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenConsoleLog } from '../../src/services/power/consoles.ts';
import type { ConsoleLog } from '../../src/services/power/shared-console.ts';

/** One file and the one before it: so much of a console is kept, twice. */
const LOG_BYTES = 8 * 1024 * 1024;
/** What may wait for a disk that is slow; a gap in a log is better than a service without memory. */
const QUEUE_BYTES = 4 * 1024 * 1024;

/**
 * Keeps what consoles write in `<folder>/<system>.log`, readable to nobody else, since people type passwords at consoles. A
 * full file becomes `<system>.log.1`. `onError` hears once of a file that cannot be written.
 */
export function openConsoleLogs(
  folder: string,
  onError: (error: unknown, path: string) => void,
  logBytes: number = LOG_BYTES,
): OpenConsoleLog {
  return (system) => new FileLog({ folder, path: join(folder, `${system}.log`), onError, logBytes });
}

interface FileLogParts {
  readonly folder: string;
  readonly path: string;
  readonly onError: (error: unknown, path: string) => void;
  readonly logBytes: number;
}

class FileLog implements ConsoleLog {
  readonly #parts: FileLogParts;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(parts: FileLogParts) {
    this.#parts = parts;
  }

  write(bytes: Buffer): void {
    if (this.#failed || this.#waitingBytes + bytes.length > QUEUE_BYTES) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#writing ??= this.#drain();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #drain(): Promise<void> {
    const { path, onError, logBytes } = this.#parts;
    try {
      while (this.#waiting.length > 0) {
        const bytes = Buffer.concat(this.#waiting.splice(0));
        this.#waitingBytes = 0;
        this.#file ??= await this.#open();
        await this.#file.appendFile(bytes);
        this.#fileBytes += bytes.length;
        if (this.#fileBytes < logBytes) continue;
        await this.#file.close();
        this.#file = undefined;
        await rename(path, `${path}.1`);
      }
    } catch (error) {
      this.#failed = true;
      onError(error, path);
    } finally {
      this.#writing = undefined;
    }
  }

  async #open(): Promise<FileHandle> {
    const { folder, path } = this.#parts;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path, 'a', 0o600);
    this.#fileBytes = (await file.stat()).size;
    return file;
  }
}
