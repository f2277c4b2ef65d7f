import { formatServerAddress } from '../../src/cli/connect/server-address.ts';
import type { CliDeps, ServerCertificate, TextSink } from '../../src/cli/deps.ts';
import { run } from '../../src/cli/run.ts';
import { createClient } from '../../src/client/client.ts';
import { Unreachable } from '../../src/client/errors.ts';
import type { ClientRequest, OpenStream, StreamResponse, Transport } from '../../src/client/transport.ts';

/** What the fake server answers; 'unreachable' is no answer at all. */
export type FakeAnswer = { readonly status: number; readonly body?: unknown } | 'unreachable';

export interface FakeWorld {
  /** Answers by `METHOD /path`; a list is used up one by one, its last answer stays. Anything else fails the test. */
  readonly server?: Readonly<Record<string, FakeAnswer | readonly FakeAnswer[]>>;
  /** Takes the place of `server`: a service that is there. */
  readonly transport?: Transport;
  readonly stdoutTty?: boolean;
  readonly stdinTty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly privateFiles?: Readonly<Record<string, { text: string; mode: number }>>;
  /** What https:// servers show; unless given, one that this machine trusts. */
  readonly certificate?: ServerCertificate;
  /** Answers without an end; unless given, this server has none. */
  readonly openStream?: OpenStream;
  /** Keys that are pressed, as they come. */
  readonly keys?: AsyncIterable<Uint8Array>;
  /** What the editor makes of a text, time after time; a text that stands is saved unchanged. */
  readonly edits?: readonly ((text: string) => string)[];
  /** What is typed at the prompts, in order. */
  readonly typed?: readonly string[];
  readonly now?: string;
  /** Ends an endless follow after so many sleeps, as ctrl-C would. */
  readonly sleeps?: number;
}

export interface FakeRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests as `METHOD /path`, each with its body and headers. */
  readonly requests: readonly (Omit<ClientRequest, 'body'> & {
    readonly line: string;
    readonly body: unknown;
  })[];
  /** Servers that were connected to, each with the token that went along. */
  readonly connections: readonly {
    readonly server: string;
    readonly token: string | undefined;
    /** What is pinned, where something is. */
    readonly certificate?: string;
  }[];
  readonly questions: readonly string[];
  readonly privateFiles: ReadonlyMap<string, { text: string; mode: number }>;
  readonly slept: readonly number[];
  /** Texts that the editor was given, in order. */
  readonly drafts: readonly string[];
  /** Files as they are at the end. */
  readonly files: ReadonlyMap<string, string>;
  /** Drafts that are still there at the end. */
  readonly kept: ReadonlySet<string>;
  /** Streams that were saved whole: path and length. */
  readonly savedFiles: ReadonlyMap<string, number>;
}

/** Runs one command line in a world made of values. */
export async function runCli(argv: readonly string[], world: FakeWorld = {}): Promise<FakeRun> {
  const text = { stdout: '', stderr: '' };
  const requests: FakeRun['requests'][number][] = [];
  const connections: FakeRun['connections'][number][] = [];
  const questions: string[] = [];
  const slept: number[] = [];
  const typed = [...(world.typed ?? [])];
  const edits = [...(world.edits ?? [])];
  const files = new Map(Object.entries(world.files ?? {}));
  const drafts: string[] = [];
  const kept = new Set<string>();
  const privateFiles = new Map(Object.entries(world.privateFiles ?? {}));
  const savedFiles = new Map<string, number>();
  const transport = world.transport ?? fakeTransport(world.server ?? {}, requests);
  const sink = (stream: 'stdout' | 'stderr'): TextSink => ({
    isTTY: world.stdoutTty ?? false,
    write: (more) => {
      text[stream] += more;
    },
  });
  const deps: CliDeps = {
    connect: (address, token) => {
      const certificate = address.kind === 'url' ? address.certificate : undefined;
      connections.push({
        server: formatServerAddress(address),
        token,
        ...(certificate === undefined ? {} : { certificate }),
      });
      return createClient({ request: transport, openStream: world.openStream ?? noStream, token });
    },
    readCertificate: async () => world.certificate ?? { sha256: 'c'.repeat(64), isTrusted: true },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    stdinIsTty: world.stdinTty ?? false,
    env: { HOME: '/home/ada', NO_COLOR: '1', ...world.env },
    cwd: '/srv/lab',
    version: '1.2.3',
    readStdin: async () => world.stdin ?? '',
    rawKeys: () => ({ keys: world.keys ?? noKeys(), restore: () => {} }),
    writeBytes: (bytes) => {
      text.stdout += Buffer.from(bytes).toString('latin1');
    },
    readFile: async (path) => files.get(path) ?? missing(`file ${path}`),
    readBytes: async (path) => Buffer.from(files.get(path) ?? missing(`file ${path}`)),
    saveStream: async (path, chunks) => {
      let bytes = 0;
      for await (const chunk of chunks) bytes += chunk.length;
      savedFiles.set(path, bytes);
      return bytes;
    },
    privateFiles: {
      read: async (path) => privateFiles.get(path),
      write: async (path, content) => void privateFiles.set(path, { text: content, mode: 0o600 }),
    },
    recordFiles: {
      list: async (folder) => {
        const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
        return inside.length === 0 ? undefined : inside.map((path) => path.slice(folder.length + 1));
      },
      write: async (path, content) => void files.set(path, content),
      remove: async (path) => void files.delete(path),
    },
    openDraft: async (_command, name) => ({
      path: `/tmp/${name}`,
      edit: async (draft) => {
        drafts.push(draft);
        kept.add(`/tmp/${name}`);
        return (edits.shift() ?? missing('the editor once more'))(draft);
      },
      discard: async () => void kept.delete(`/tmp/${name}`),
    }),
    prompt: async (question, { secret }) => {
      questions.push(secret ? `${question}(hidden)` : question);
      return typed.shift() ?? missing(`an answer to '${question}'`);
    },
    now: () => new Date(world.now ?? '2026-11-22T09:00:00.000Z'),
    sleep: async (ms) => {
      slept.push(ms);
      if (slept.length > (world.sleeps ?? 50)) throw new Error('ctrl-C');
    },
  };
  const code = await run(argv, deps);
  return {
    code,
    ...text,
    requests,
    connections,
    questions,
    privateFiles,
    slept,
    drafts,
    kept,
    files,
    savedFiles,
  };
}

const noStream: OpenStream = async ({ path }) =>
  streamOf(404, `{"title":"no-such-route","status":404,"code":"no-such-route","detail":"${path}"}`);

/** An answer that goes on, as a value: its text, piece by piece. */
export function streamOf(status: number, ...pieces: readonly string[]): StreamResponse {
  const body = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece);
  })();
  const contentType = status < 400 ? 'text/event-stream' : 'application/problem+json';
  return { status, header: (name) => (name === 'content-type' ? contentType : ''), body, close: () => {} };
}

/** Nobody presses a key. */
async function* noKeys(): AsyncGenerator<Uint8Array> {}

function fakeTransport(
  server: NonNullable<FakeWorld['server']>,
  requests: FakeRun['requests'][number][],
): Transport {
  const left = new Map(Object.entries(server).map(([line, answer]) => [line, [answer].flat()]));
  return async (request) => {
    const line = `${request.method} ${request.path}`;
    const body: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : request.body;
    requests.push({ ...request, line, body });
    const answers = left.get(line) ?? [];
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? missing(`an answer to ${line}`);
    if (answer === 'unreachable') throw new Unreachable('unix:/x', 'refused', 'nobody listens there');
    const contentType = answer.status < 400 ? 'application/json' : 'application/problem+json';
    return { ...answer, contentType, text: answer.body === undefined ? '' : JSON.stringify(answer.body) };
  };
}

function missing(what: string): never {
  throw new Error(`the test has not foreseen ${what}`);
}
