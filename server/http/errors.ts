import type { FastifyInstance, FastifyReply } from 'fastify';
import { DomainError, type ErrorCode } from '../../src/domain/errors.ts';

/** The one table: what the service refuses, as an HTTP status. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  'not-found': 404,
  'address-taken': 409,
  'name-taken': 409,
  'in-use': 409,
  'stale-revision': 409,
  'wrong-state': 409,
  'no-free-address': 409,
  invalid: 422,
  'not-ready': 422,
  unauthenticated: 401,
  'not-permitted': 403,
  storage: 503,
};

/** RFC 9457 problem details, with what a caller needs to mend it. */
export function problemBody(status: number, code: string, detail: string, more: object = {}) {
  return { type: 'about:blank', title: code, status, code, detail, ...more };
}

/** Every error of an app leaves as application/problem+json; what is our own fault is logged and says nothing of itself. */
export function installErrorHandlers(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    if (error instanceof DomainError) return sendDomainError(reply, error);
    const status = error.statusCode ?? 500;
    if (status < 500) return sendProblem(reply, status, clientErrorCode(error), error.message);
    request.log.error({ err: error }, 'request failed');
    return sendProblem(
      reply,
      500,
      'internal',
      'the service failed on this request; its log has the details',
      {
        request: request.id,
      },
    );
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      404,
      'no-such-route',
      `there is nothing at ${request.method} ${request.url.split('?')[0]}`,
    ),
  );
}

function clientErrorCode(error: { statusCode?: number; code?: string }): string {
  if (error.statusCode === 413) return 'too-large';
  if (error.statusCode === 415) return 'wrong-media-type';
  return 'bad-request';
}

function sendDomainError(reply: FastifyReply, error: DomainError): FastifyReply {
  // RFC 9110 §11.6.1: a 401 says how to authenticate.
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  return sendProblem(reply, STATUS[error.code], error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.problems.length === 0 ? {} : { problems: error.problems }),
    ...(error.conflict === undefined ? {} : { conflict: error.conflict }),
  });
}

function sendProblem(reply: FastifyReply, status: number, code: string, detail: string, more: object = {}) {
  return reply
    .status(status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemBody(status, code, detail, more)));
}
