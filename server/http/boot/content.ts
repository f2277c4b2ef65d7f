import type { BootAnswer, BootRequest } from './answer.ts';
import { parseRange } from './byte-range.ts';

/** What is known of something before it is sent. */
export interface ContentFacts {
  readonly size: number;
  /** In quotes, RFC 9110 §8.8.3. */
  readonly etag: string;
  /** Milliseconds since the epoch; undefined = unknown. */
  readonly modifiedMs?: number;
}

/** First and last byte to send; from > to where there is nothing. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** An answer that has no body yet; without a part it is complete. */
export interface ContentAnswer {
  readonly answer: BootAnswer;
  readonly part?: Part;
}

/** Status and headers after conditions (RFC 9110 §13) and one range (§14), and the part that the body has to be. */
export function answerContent({ method, headers }: BootRequest, facts: ContentFacts): ContentAnswer {
  const { size, etag } = facts;
  const known = ['accept-ranges', 'bytes', 'etag', etag];
  if (facts.modifiedMs !== undefined) known.push('last-modified', new Date(facts.modifiedMs).toUTCString());
  const status = judgeConditions(headers, facts);
  if (status !== undefined)
    return { answer: { status, headers: status === 304 ? known : [...known, 'content-length', '0'] } };
  const range = parseRange(rangeHeader(headers, etag), size);
  if (range === 'unsatisfiable')
    return {
      answer: { status: 416, headers: [...known, 'content-range', `bytes */${size}`, 'content-length', '0'] },
    };
  const part = range ?? { from: 0, to: size - 1 };
  const length = part.to - part.from + 1;
  known.push('content-type', 'application/octet-stream', 'content-length', String(length));
  if (range !== undefined) known.push('content-range', `bytes ${part.from}-${part.to}/${size}`);
  const answer = { status: range === undefined ? 200 : 206, headers: known };
  return method !== 'HEAD' && length > 0 ? { answer, part } : { answer };
}

/** RFC 9110 §13.2.2, in its order; undefined = go on. */
function judgeConditions(
  headers: BootRequest['headers'],
  { etag, modifiedMs }: ContentFacts,
): 304 | 412 | undefined {
  const match = headers['if-match'];
  if (match !== undefined && match !== '*' && !tagsOf(match).includes(etag)) return 412;
  // Dates of HTTP are whole seconds.
  const modified = modifiedMs === undefined ? Number.NaN : Math.floor(modifiedMs / 1000) * 1000;
  if (match === undefined && modified > dateOf(headers['if-unmodified-since'])) return 412;
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    const weak = tagsOf(noneMatch).map((tag) => tag.replace(/^W\//, ''));
    return noneMatch === '*' || weak.includes(etag) ? 304 : undefined;
  }
  return modified <= dateOf(headers['if-modified-since']) ? 304 : undefined;
}

/** NaN, which is neither before nor after anything, where there is none. */
function dateOf(header: string | undefined): number {
  return header === undefined ? Number.NaN : Date.parse(header);
}

function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/** RFC 9110 §13.1.5: a range of an older version must not be sent; dates are too coarse to tell versions apart. */
function rangeHeader(headers: BootRequest['headers'], etag: string): string | undefined {
  const condition = headers['if-range'];
  return condition === undefined || condition === etag ? headers.range : undefined;
}
