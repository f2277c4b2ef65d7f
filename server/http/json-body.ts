import type { FastifyInstance } from 'fastify';
import { invalid } from '../../src/domain/errors.ts';

/** No record is a quarter as deep. What is deeper is made to exhaust the stack of whoever walks it. */
const MOST_DEEP = 32;

/** Bodies are JSON, without keys that would reach into prototypes, and not deeper than any record is. */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (!isDeep(String(text))) return parse(request, String(text), done);
    done(invalid([{ path: '', message: `the body is nested more than ${MOST_DEEP} deep` }]));
  });
}

/** By its brackets alone, before anything is made of it. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isText) {
      if (char === '\\') at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > MOST_DEEP) return true;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return false;
}
