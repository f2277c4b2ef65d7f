import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseRange } from './byte-range.ts';

export interface Sent {
  readonly bytes: number;
  readonly total: number;
  readonly ms: number;
}

/**
 * Streams a file as it lies on the disk: Range (one range, RFC 9110 §14), HEAD, ETag and Last-Modified with their
 * conditions (§13). Straight from the file to the socket, because kernels and images are hundreds of megabytes.
 * `onSent` hears what really left, also when the machine went away in the middle.
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  onSent: (sent: Sent) => void,
): Promise<FastifyReply> {
  // Opened first: what is measured is what is sent, and what cannot be read fails while there can still be an answer.
  const file = await open(path, 'r');
  try {
    return await sendOpened(request, reply, file, onSent);
  } finally {
    await file.close();
  }
}

async function sendOpened(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileHandle,
  onSent: (sent: Sent) => void,
): Promise<FastifyReply> {
  const facts = await file.stat();
  if (!facts.isFile()) return reply.status(404).type('text/plain; charset=utf-8').send('not a file\n');
  const etag = `"${facts.size.toString(16)}-${Math.floor(facts.mtimeMs).toString(16)}"`;
  reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('last-modified', facts.mtime.toUTCString());
  if (isUnchanged(request, etag, facts.mtimeMs)) return reply.status(304).send();
  const range = parseRange(rangeHeader(request, etag), facts.size);
  if (range === 'unsatisfiable') {
    return reply.status(416).header('content-range', `bytes */${facts.size}`).send();
  }
  const { from, to } = range ?? { from: 0, to: facts.size - 1 };
  if (range !== undefined) reply.status(206).header('content-range', `bytes ${from}-${to}/${facts.size}`);
  reply.header('content-length', to - from + 1).header('content-type', 'application/octet-stream');
  return stream(request, reply, { file, from, to }, onSent);
}

async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  { file, from, to }: { file: FileHandle; from: number; to: number },
  onSent: (sent: Sent) => void,
): Promise<FastifyReply> {
  const total = to - from + 1;
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.statusCode = reply.statusCode;
  if (request.method === 'HEAD' || total <= 0) {
    raw.end();
    return reply;
  }
  const began = performance.now();
  const source = file.createReadStream({ start: from, end: to, highWaterMark: 256 * 1024, autoClose: false });
  let bytes = 0;
  source.on('data', (chunk) => {
    bytes += chunk.length;
  });
  // A machine that resets the connection is an everyday event (iPXE probes, reboots): reported, never thrown.
  const isWhole = await pipeline(source, raw).then(
    () => bytes === total,
    () => false,
  );
  // Also for a file that became shorter meanwhile: the machine would wait for the rest for ever.
  if (!isWhole) request.raw.socket.destroy();
  const sent = isWhole ? total : Math.min(bytes, total - 1);
  onSent({ bytes: sent, total, ms: performance.now() - began });
  return reply;
}

/** RFC 9110 §13.1.2 and §13.1.3: If-None-Match decides alone where it is given. */
function isUnchanged(request: FastifyRequest, etag: string, mtimeMs: number): boolean {
  const noneMatch = request.headers['if-none-match'];
  if (noneMatch !== undefined)
    return noneMatch === '*' || noneMatch.split(',').some((tag) => tag.trim() === etag);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(mtimeMs / 1000) * 1000 <= since;
}

/** RFC 9110 §13.1.5: a range of an older version of the file must not be sent. */
function rangeHeader(request: FastifyRequest, etag: string): string | undefined {
  const condition = request.headers['if-range'];
  return condition === undefined || condition === etag ? request.headers.range : undefined;
}
