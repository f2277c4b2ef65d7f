import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode } from '../../src/domain/errors.ts';

/** The one table: what the service refuses, as an HTTP status. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  'not-found': 404,
  'address-taken': 409,
  'name-taken': 409,
  'in-use': 409,
  'stale-revision': 412,
  'wrong-state': 409,
  'no-free-address': 409,
  invalid: 422,
  'not-ready': 422,
  unauthenticated: 401,
  'not-permitted': 403,
  'too-many': 429,
  'in-progress': 409,
  'key-reused': 422,
  'not-replayable': 409,
  storage: 503,
  'bmc-failed': 502,
};

/** RFC 9457 problem details, with what a caller needs to mend it. */
export function problemBody(status: number, code: string, detail: string, more: object = {}) {
  return { type: 'about:blank', title: code, status, code, detail, ...more };
}

/** What is answered to an error. */
export interface Problem {
  readonly status: number;
  readonly body: object;
  /** Our own fault: to be logged, since the answer says nothing of it. */
  readonly isOurs: boolean;
}

/** Every error as problem details; `requestId` is how the log names the request. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof DomainError) return { ...problemOfDomain(error), isOurs: false };
  const { statusCode: status = 500, message = '' } = error as { statusCode?: number; message?: string };
  if (status < 500) return { status, body: clientProblem(status, message), isOurs: false };
  const detail = 'the service failed on this request; its log has the details';
  return { status: 500, body: problemBody(500, 'internal', detail, { request: requestId }), isOurs: true };
}

export function noSuchRoute(method: string, target: string): Problem {
  const detail = `there is nothing at ${method} ${target.split('?')[0]}`;
  return { status: 404, body: problemBody(404, 'no-such-route', detail), isOurs: false };
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Every error of an app leaves as application/problem+json; whoever calls it says what is answered where there is nothing. */
export function installErrorHandlers(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.isOurs) request.log.error({ err: error }, 'request failed');
    // RFC 9110 §11.6.1: a 401 says how to authenticate.
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    return sendProblem(reply, problem);
  });
}

/** There is nothing at this address. */
export function sendNoSuchRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, noSuchRoute(request.method, request.url));
}

/** What the server's own parts refuse before any of ours is asked, with what to do about it. */
function clientProblem(status: number, message: string): object {
  if (status === 413) return problemBody(status, 'too-large', message, { hint: TOO_LARGE });
  if (status === 415) return problemBody(status, 'wrong-media-type', message, { hint: NOT_JSON });
  return problemBody(status, 'bad-request', message);
}

const TOO_LARGE = 'one record takes 1 MB, POST /api/v1/apply 32 MB: send more in several documents';
const NOT_JSON = 'send JSON with the header Content-Type: application/json';

function problemOfDomain(error: DomainError): { status: number; body: object } {
  const status = STATUS[error.code];
  const body = problemBody(status, error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.problems.length === 0 ? {} : { problems: error.problems }),
    ...(error.conflict === undefined ? {} : { conflict: error.conflict }),
    ...(error.failure === undefined ? {} : { failure: error.failure }),
    ...(error.results.length === 0 ? {} : { results: error.results }),
  });
  return { status, body };
}

function sendProblem(reply: FastifyReply, { status, body }: Problem): FastifyReply {
  return reply.status(status).type(PROBLEM_TYPE).send(JSON.stringify(body));
}
