import { AnswerFileError } from '../../src/answer-file/error.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import { type RenderCall, type RenderReply, unpackCall } from './render-message.ts';
import { TemplateCache } from './template-cache.ts';

/**
 * The process that renders answer files: one call after another over IPC, nothing else. Its parent watches time and
 * memory and ends it; it holds no database, no socket and no file, so nothing is lost with it.
 */
const cache = new TemplateCache();

function answer(call: RenderCall): RenderReply {
  try {
    const limits = call.limits === null ? {} : { limits: call.limits };
    const rendered = renderAnswerFile(unpackCall(call), { ...limits, parse: cache.parse });
    return { kind: 'rendered', id: call.id, rendered };
  } catch (error) {
    if (error instanceof AnswerFileError) return { kind: 'refused', id: call.id, details: error.details };
    // The name only: the message of an unforeseen error may repeat a value.
    return { kind: 'crashed', id: call.id, message: error instanceof Error ? error.name : 'unknown error' };
  }
}

function reply(message: RenderReply): void {
  process.send?.(message);
}

process.on('message', (call: RenderCall) => reply(answer(call)));
// The parent is gone: nobody is left to render for.
process.on('disconnect', () => process.exit(0));
reply({ kind: 'ready' });
