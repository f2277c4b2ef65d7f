import type { BootRequest } from './answer.ts';

/** A media type, RFC 9110 §8.3.1; its parameters are not looked at. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** A body that is not taken; errors.ts makes its answer of the status. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly statusCode: 413 | 415;

  constructor(statusCode: 413 | 415, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The body as text, whatever its type; empty where there is none. Rejects with BodyRefused, or when it breaks off. */
export async function readBody(request: BootRequest, limitBytes: number): Promise<string> {
  const { 'content-length': length, 'transfer-encoding': coding, 'content-type': type } = request.headers;
  if ((length === undefined || length === '0') && coding === undefined) return '';
  if (type !== undefined && !MEDIA_TYPE.test(type)) throw new BodyRefused(415, `'${type}' is no media type`);
  const tooLarge = new BodyRefused(413, `the body is larger than ${limitBytes} bytes`);
  if (Number(length ?? 0) > limitBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
