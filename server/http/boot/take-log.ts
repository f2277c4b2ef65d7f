import type { LogUploads } from '../../../src/services/installer-logs/uploads.ts';
import { type BootAnswer, type BootRequest, PLAIN_TEXT, wholeAnswer } from './answer.ts';
import { type BootEntrance, callerOf } from './caller.ts';
import { BodyRefused } from './read-body.ts';
import { refusalAnswer } from './refusal-answer.ts';
import type { Params } from './routes.ts';

/** Largest log that is taken, in bytes. */
export const LOG_LIMIT_BYTES = 4 * 1024 * 1024;

/** A log that an installer uploads: the body as it is, whatever type it says it has. */
export async function takeLog(
  { uploads, entrance }: { readonly uploads: LogUploads; readonly entrance: BootEntrance },
  request: BootRequest,
  { token = '', name = '' }: Params,
): Promise<BootAnswer> {
  const tooLarge = new BodyRefused(413, `a log may have ${LOG_LIMIT_BYTES} bytes; send the end of it`);
  if (Number(request.headers['content-length'] ?? 0) > LOG_LIMIT_BYTES) throw tooLarge;
  const refusal = await uploads.receive(token, name, callerOf(request, entrance), request);
  if (refusal === 'too-large') throw tooLarge;
  return refusal === undefined ? wholeAnswer(200, PLAIN_TEXT, 'ok\n') : refusalAnswer(refusal);
}
