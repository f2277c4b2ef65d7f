import type { DocumentedRoute } from './document.ts';
import type { Operation } from './operations/operation.ts';
import { type JsonSchema, refTo } from './schemas.ts';

const PROBLEM = { 'application/problem+json': { schema: refTo('Problem') } };

/** What a status of a refusal says on any route. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read.',
  401: 'No token, or none that is good.',
  403: 'The role or the scope does not allow it.',
  404: 'There is no such thing, or none that the caller may see.',
  409: 'Something is in the way; `conflict` says who holds a value.',
  412: 'Somebody else has changed it.',
  413: 'The body is too large.',
  415: 'The body is of another type.',
  422: 'The input is not valid; `problems` has every field.',
  429: 'Too many requests; `Retry-After` says when.',
  500: 'The service failed; its log has the request.',
  502: 'The BMC did not do it; `failure` says why.',
  503: 'The disk fails, or is full.',
};

/** Everything that a route may answer, by status. */
export function responsesOf(route: DocumentedRoute, operation: Operation): JsonSchema {
  const { answer, answerType, dryRun, fields, mayBeKnown, refuses = [] } = operation;
  const usual = answer === undefined && answerType === undefined ? 204 : (operation.status ?? 200);
  const headers = operation.isRevised
    ? { headers: { ETag: { description: 'The revision.', schema: { type: 'string' } } } }
    : {};
  const responses: Record<number, JsonSchema> = {
    [usual]: { description: usual === 204 ? 'Done.' : 'The answer.', ...headers, ...contentOf(operation) },
  };
  if (fields !== undefined && answer !== undefined) responses[200] = oneOf([answer, fields], 'The page.');
  if (dryRun !== undefined) {
    const names = usual === 200 && answer !== undefined ? [answer, dryRun] : [dryRun];
    responses[200] = { ...oneOf(names, 'What was done, or with `dryRun=1` what would be.'), ...headers };
  }
  if (mayBeKnown) responses[304] = { description: 'The caller has this revision.' };
  for (const status of new Set([...usualRefusals(route, operation), ...refuses]))
    responses[status] = { description: REFUSALS[status], content: PROBLEM };
  return responses;
}

function contentOf({ answer, answerType }: Operation): { content?: JsonSchema } {
  if (answerType !== undefined) return { content: { [answerType]: {} } };
  return answer === undefined ? {} : { content: { 'application/json': { schema: refTo(answer) } } };
}

function oneOf(names: readonly string[], description: string): JsonSchema {
  const schema = names.length === 1 ? refTo(names.join()) : { anyOf: names.map(refTo) };
  return { description, content: { 'application/json': { schema } } };
}

/** What follows from the method, the path and the permission. */
function usualRefusals({ method, url, permission }: DocumentedRoute, { dryRun }: Operation): number[] {
  const isWrite = method !== 'GET';
  return [
    ...[400, 429, 500, 503],
    ...(permission === 'public' && !isWrite ? [] : [401, 403, 422]),
    ...(url.includes(':') ? [404] : []),
    ...(isWrite ? [409, 413, 415] : []),
    ...(dryRun !== undefined && url.includes(':') ? [412] : []),
  ];
}
