#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createClient } from '../client/client.ts';
import { privateFiles } from './connect/private-files.ts';
import type { CliDeps, TextSink } from './deps.ts';
import { LocalError } from './errors.ts';
import { rawKeys } from './output/raw-terminal.ts';
import { recordFiles } from './records/record-files.ts';
import { decodeUtf8 } from './records/utf8.ts';
import { run } from './run.ts';

/** On demand: help and what is refused at once need no server. */
const transport = () => import('./connect/http-transport.ts');

/**
 * The `provision` command: builds the outside world and runs one command line. Only wiring; see run.ts. What few commands need is
 * loaded by them.
 */
const deps: CliDeps = {
  connect: (address, token, timeoutMs) =>
    createClient({
      request: async (request) => (await transport()).httpTransport(address, timeoutMs)(request),
      openStream: async (...how) => (await import('./connect/http-streams.ts')).httpStreams(address)(...how),
      token,
    }),
  readCertificate: async (url) => (await transport()).certificateOf(url),
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  stdinIsTty: process.stdin.isTTY === true,
  env: process.env,
  cwd: process.cwd(),
  version: ownVersion(),
  readStdin: async () => (await import('./output/terminal.ts')).readStdin(),
  rawKeys,
  writeBytes: (bytes) => void process.stdout.write(bytes),
  readFile: async (path) => decodeUtf8(await readFile(path).catch((cause) => unreadable(path, cause)), path),
  readBytes: (path) => readFile(path).catch((cause) => unreadable(path, cause)),
  privateFiles,
  recordFiles,
  openDraft: async (command, name) => (await import('./records/editor.ts')).openDraft(command, name),
  saveStream: async (...what) => (await import('./output/save-stream.ts')).saveStream(...what),
  prompt: async (...question) => (await import('./output/terminal.ts')).prompt(...question),
  now: () => new Date(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

// A reader that has seen enough (`| head -1`) is no failure of ours.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: the output cannot be written (${code})\n`);
  process.exit(1);
});
// Nor is one of words: the command goes on, and its exit code says what came of it.
process.stderr.on('error', () => {});

// Not process.exit(): what is written to a pipe may still be under way.
run(process.argv.slice(2), deps).then((code) => {
  process.exitCode = code;
});

function sink(stream: NodeJS.WriteStream): TextSink {
  return { isTTY: stream.isTTY === true, write: (text) => void stream.write(text) };
}

function unreadable(path: string, cause: unknown): never {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  throw new LocalError(`cannot read ${path} (${code})`, undefined, { cause });
}

/** The version in the package's own package.json, wherever below it this file was built to. */
function ownVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }
  return 'unknown';
}
