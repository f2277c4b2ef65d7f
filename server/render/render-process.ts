import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AnswerFileError, type AnswerFileErrorCode } from '../../src/answer-file/error.ts';
import type { RenderLimits } from '../../src/answer-file/limits.ts';
import type { Rendered, RenderRequest } from '../../src/answer-file/render.ts';
import { packCall, type RenderReply } from './render-message.ts';

export interface Renderer {
  /** Renders in the other process. Rejects with AnswerFileError. */
  render(request: RenderRequest): Promise<Rendered>;
  /** Ends the process; what is waiting is rejected with `renderer-stopped`. */
  stop(): Promise<void>;
}

export interface RendererOptions {
  /** For one rendering, without the start of the process. */
  readonly timeoutMs?: number;
  /** For the start of the process. */
  readonly startTimeoutMs?: number;
  /** Heap of the process in MiB. */
  readonly memoryMb?: number;
  /** Renderings that may wait; more are refused with `renderer-busy`. */
  readonly queueLength?: number;
  readonly limits?: RenderLimits;
}

interface Job {
  readonly request: RenderRequest;
  readonly resolve: (rendered: Rendered) => void;
  readonly reject: (error: Error) => void;
}

/** From the sources (in tests) the built file is used: node starts no TypeScript. */
const CHILD = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/server/render/render-child.js' : './render-child.js',
  import.meta.url,
);

/** Starts no process yet; the first rendering does. */
export function createRenderer(options: RendererOptions = {}): Renderer {
  return new RenderProcess(options);
}

/**
 * One process, one rendering at a time, others in a queue. A rendering that takes too long or too much memory costs
 * its process: it is killed, and the next rendering gets a new one.
 */
class RenderProcess implements Renderer {
  readonly #options: Required<Omit<RendererOptions, 'limits'>> & { readonly limits: RenderLimits | null };
  readonly #queue: Job[] = [];
  #child: ChildProcess | undefined;
  #ready = false;
  #current: { readonly id: number; readonly job: Job } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #stopped = false;

  constructor(options: RendererOptions) {
    this.#options = {
      timeoutMs: options.timeoutMs ?? 2000,
      startTimeoutMs: options.startTimeoutMs ?? 10_000,
      memoryMb: options.memoryMb ?? 64,
      // Some racks that are switched on together: each has an answer file of its own, which takes a few milliseconds.
      queueLength: options.queueLength ?? 4096,
      limits: options.limits ?? null,
    };
  }

  render(request: RenderRequest): Promise<Rendered> {
    if (this.#stopped) return Promise.reject(failure('renderer-stopped', 'the renderer has been stopped'));
    if (this.#queue.length >= this.#options.queueLength)
      return Promise.reject(failure('renderer-busy', 'too many answer files are waiting to be rendered'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const waiting = [...(this.#current ? [this.#current.job] : []), ...this.#queue.splice(0)];
    this.#current = undefined;
    const child = this.#discard();
    for (const job of waiting) job.reject(failure('renderer-stopped', 'the renderer has been stopped'));
    if (child !== undefined && child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
  }

  #next(): void {
    if (this.#current !== undefined || this.#queue.length === 0) return;
    if (this.#child === undefined) this.#start();
    else if (this.#ready) this.#send(this.#child);
  }

  #start(): void {
    const child = fork(fileURLToPath(CHILD), [], {
      // No template becomes code: nothing in there may make functions of texts, or reach prototypes by name.
      execArgv: [
        `--max-old-space-size=${this.#options.memoryMb}`,
        '--disallow-code-generation-from-strings',
        '--disable-proto=delete',
      ],
      // Nothing of ours, least of all secrets, is in its environment.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    this.#ready = false;
    this.#watch(this.#options.startTimeoutMs, 'renderer-failed', 'the render process did not start');
    child.on('message', (reply) => this.#receive(child, reply as RenderReply));
    child.on('error', () => this.#lose(child, 'renderer-failed', 'the render process could not be started'));
    child.on('exit', (_code, signal) => this.#exited(child, signal));
  }

  #send(child: ChildProcess): void {
    const job = this.#queue.shift();
    if (job === undefined) return;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#current = { id, job };
    const { timeoutMs, limits } = this.#options;
    this.#watch(timeoutMs, 'template-timeout', `the template takes longer than ${timeoutMs} ms`);
    try {
      child.send(packCall(id, job.request, limits), (error) => {
        if (error) this.#lose(child, 'renderer-failed', 'the render process cannot be reached');
      });
    } catch {
      // The message of a failed serialization shows the value that failed.
      this.#finish(id, (one) => one.reject(failure('renderer-failed', 'the context is not plain data')));
    }
  }

  #receive(child: ChildProcess, reply: RenderReply): void {
    if (child !== this.#child) return;
    switch (reply.kind) {
      case 'ready':
        clearTimeout(this.#timer);
        this.#ready = true;
        this.#next();
        break;
      case 'rendered':
        this.#finish(reply.id, (job) => job.resolve(reply.rendered));
        break;
      case 'refused':
        this.#finish(reply.id, (job) => job.reject(new AnswerFileError(reply.details)));
        break;
      case 'crashed':
        this.#finish(reply.id, (job) =>
          job.reject(failure('renderer-failed', `rendering: ${reply.message}`)),
        );
    }
  }

  #finish(id: number, settle: (job: Job) => void): void {
    if (this.#current?.id !== id) return;
    clearTimeout(this.#timer);
    const { job } = this.#current;
    this.#current = undefined;
    settle(job);
    this.#next();
  }

  #exited(child: ChildProcess, signal: NodeJS.Signals | null): void {
    // V8 gives up with abort() when its heap is full.
    if (signal === 'SIGABRT' && this.#current !== undefined) {
      const { memoryMb } = this.#options;
      this.#lose(child, 'template-memory', `the template takes more than ${memoryMb} MiB of memory`);
    } else this.#lose(child, 'renderer-failed', 'the render process ended');
  }

  #watch(timeoutMs: number, code: AnswerFileErrorCode, message: string): void {
    const child = this.#child;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => child && this.#lose(child, code, message), timeoutMs);
  }

  /** Gives the process up, and with it the rendering that it has, or (it never started) the first in the queue. */
  #lose(child: ChildProcess, code: AnswerFileErrorCode, message: string): void {
    if (child !== this.#child) return;
    const job = this.#current?.job ?? (this.#ready ? undefined : this.#queue.shift());
    const name = job?.request.template.name ?? null;
    this.#current = undefined;
    this.#discard();
    job?.reject(failure(code, message, name));
    this.#next();
  }

  #discard(): ChildProcess | undefined {
    const child = this.#child;
    clearTimeout(this.#timer);
    this.#child = undefined;
    this.#ready = false;
    child?.kill('SIGKILL');
    return child;
  }
}

function failure(
  code: AnswerFileErrorCode,
  message: string,
  template: string | null = null,
): AnswerFileError {
  return new AnswerFileError({ code, template, line: null, message, hint: null });
}
