import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { buildContext } from '../../src/answer-file/context.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { minimalFacts } from './answer-facts.ts';
import { hasCommand } from './has-command.ts';
import { shippedSnippets } from './shipped-files.ts';

type Shell = 'sh' | 'busybox' | 'bash';

/** Where there is busybox a machine like the deploy agent, with nothing but its commands; and in any case this one. */
export const SHELLS: readonly { readonly shell: Shell }[] = [
  { shell: 'sh' },
  ...(hasCommand('busybox') ? [{ shell: 'busybox' as const }] : []),
];

interface Received {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a snippet meets: a folder of its own, and a server that it fetches from and reports to. */
export interface SnippetBench {
  /** Empty at the beginning of every test. */
  folder: string;
  /** The server's URL, without a slash at the end. */
  base: string;
  /** What the server got in this test. */
  received: Received[];
  /** The server's answer to everything; `ok` unless the test says otherwise. */
  respond: (request: IncomingMessage, response: ServerResponse) => void;
  /** The functions of a snippet, and then `script`, in a shell. Asynchronous: the server runs in this process. */
  run(shell: Shell, snippet: string, script: string, env?: Record<string, string>): Promise<Finished>;
}

/** Sets a bench up for the tests of the file that calls this. */
export function useSnippetBench(): SnippetBench {
  let applets = '';
  const bench: SnippetBench = {
    folder: '',
    base: '',
    received: [],
    respond: () => {},
    run(shell, snippet, script, env = {}) {
      const path = join(bench.folder, 'script.sh');
      writeFileSync(path, renderScript(bench.base, snippet, script));
      const own = shell === 'busybox';
      return runScript(own ? `${applets}/sh` : shell, path, {
        PATH: own ? applets : (process.env['PATH'] ?? ''),
        ...env,
      });
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      bench.received.push({ method: request.method ?? '', url: request.url ?? '', body });
      bench.respond(request, response);
    });
  });
  beforeAll(async () => {
    applets = mkdtempSync(join(tmpdir(), 'applets-'));
    if (hasCommand('busybox')) spawnSync('busybox', ['--install', '-s', applets]);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    bench.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    rmSync(applets, { recursive: true, force: true });
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    bench.folder = mkdtempSync(join(tmpdir(), 'answers-'));
    bench.received = [];
    bench.respond = (_request, response) => response.end('ok\n');
  });
  afterEach(() => rmSync(bench.folder, { recursive: true, force: true }));
  return bench;
}

function renderScript(base: string, snippet: string, script: string): string {
  const facts = minimalFacts({
    urls: { base, answer: `${base}/answer`, events: `${base}/i/TOKEN/event`, logs: `${base}/i/TOKEN/log` },
  });
  const template = {
    name: 'test',
    text: `{% include 'snippets/${snippet}' %}\n{% raw %}${script}{% endraw %}\n`,
  };
  const context = buildContext(facts);
  return renderAnswerFile({ template, snippets: shippedSnippets(), context, mode: 'serve' }).text;
}

function runScript(program: string, path: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn(program, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
