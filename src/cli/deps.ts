import type { Client } from '../client/client.ts';
import type { ServerAddress } from './connect/server-address.ts';

/** Text sink of the process: stdout or stderr. */
export interface TextSink {
  readonly isTTY: boolean;
  write(text: string): void;
}

/** Files that only their owner may read: the saved logins. */
export interface PrivateFiles {
  /** Text and permission bits (`0o600`), or undefined if there is no such file. */
  read(path: string): Promise<{ readonly text: string; readonly mode: number } | undefined>;
  /** Replaces the file in one step, mode 0600, making missing folders with mode 0700. */
  write(path: string, text: string): Promise<void>;
}

/** Files that records are read from and written to. */
export interface RecordFiles {
  /** Paths of the files below a folder, relative to it, sorted, without hidden ones; undefined: it is no folder. */
  list(folder: string): Promise<readonly string[] | undefined>;
  /** Replaces the file in one step, and makes folders that are missing. */
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** What a server shows of itself. */
export interface ServerCertificate {
  /** 64 hex digits. */
  readonly sha256: string;
  /** Whether this machine trusts it for that name. */
  readonly isTrusted: boolean;
}

/** A file that is given to an editor, as often as it takes. */
export interface Draft {
  readonly path: string;
  /** Writes the text, waits until the editor is left, and gives back what the file holds then. */
  edit(text: string): Promise<string>;
  discard(): Promise<void>;
}

/** A terminal, or a pipe, that hands on every byte. */
export interface RawKeys {
  readonly keys: AsyncIterable<Uint8Array>;
  /** The terminal is as it was before. */
  restore(): void;
}

/** Everything of the outside world that the command uses. main.ts builds the real one, tests build theirs. */
export interface CliDeps {
  /** `timeoutMs`: how long one request may take; as usual unless given. */
  readonly connect: (address: ServerAddress, token: string | undefined, timeoutMs?: number) => Client;
  /** The certificate of an https:// server, before anything is sent to it. */
  readonly readCertificate: (url: string) => Promise<ServerCertificate>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly stdinIsTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory that relative paths are taken from. */
  readonly cwd: string;
  readonly version: string;
  readonly readStdin: () => Promise<string>;
  /** Keys as they are pressed, none of them handled by the terminal. */
  readonly rawKeys: () => RawKeys;
  /** Bytes to stdout, as they are. */
  readonly writeBytes: (bytes: Uint8Array) => void;
  readonly readFile: (path: string) => Promise<string>;
  readonly readBytes: (path: string) => Promise<Uint8Array>;
  readonly privateFiles: PrivateFiles;
  readonly recordFiles: RecordFiles;
  /** `command`: the editor and its arguments. */
  readonly openDraft: (command: string, name: string) => Promise<Draft>;
  /** Writes what comes to a file of mode 0600 that is there whole or not at all; gives its length. */
  readonly saveStream: (path: string, chunks: AsyncIterable<Uint8Array>) => Promise<number>;
  /** Asks on the terminal; with `secret` what is typed is not shown. */
  readonly prompt: (question: string, options: { readonly secret: boolean }) => Promise<string>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}
