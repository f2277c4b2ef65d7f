import type { Logger } from 'pino';
import { noSuchRoute, PROBLEM_TYPE, type Problem, problemOf } from '../errors.ts';
import { type BootAnswer, type BootRequest, wholeAnswer, withBody } from './answer.ts';
import { createRouter, type Route, type RouteSearch } from './routes.ts';

/**
 * The answer to every request, errors as well; never rejects. Each is logged: at `debug`, those that were refused at `info`.
 */
export function createAnswering(
  routes: readonly Route[],
  log: Logger,
): (request: BootRequest) => Promise<BootAnswer> {
  const search = createRouter(routes);
  let requests = 0;

  const failed = (request: BootRequest, number: number, error: unknown): BootAnswer => {
    const req = lineOf(request, number);
    const problem = problemOf(error, req.id);
    if (problem.isOurs) log.error({ req, err: error }, 'request failed');
    return problemAnswer(problem);
  };

  return async (request) => {
    requests += 1;
    const number = requests;
    let answer: BootAnswer;
    try {
      const found = search(request.method ?? '', request.url ?? '');
      if (typeof found !== 'object') answer = problemAnswer(problemOfSearch(found, request));
      else answer = await found.route.handle(request, found.params);
    } catch (error) {
      return failed(request, number, error);
    }
    const { status, body } = answer;
    if (status >= 400) log.info({ req: lineOf(request, number), status }, 'request refused');
    else if (log.isLevelEnabled('debug'))
      log.debug({ req: lineOf(request, number), status }, 'request answered');
    if (typeof body !== 'function') return answer;
    const told = (outlet: Parameters<typeof body>[0]) =>
      body(outlet).catch((error) => void failed(request, number, error));
    return withBody(answer, told);
  };
}

function lineOf({ method, url, socket }: BootRequest, number: number) {
  return { id: `boot-${number}`, method, url, socket: { remoteAddress: socket?.remoteAddress } };
}

function problemOfSearch(
  found: Exclude<RouteSearch, object>,
  { method = '', url = '' }: BootRequest,
): Problem {
  if (found === 'unknown') return noSuchRoute(method, url);
  return problemOf({ statusCode: 400, message: 'the path is not percent-encoded UTF-8' }, '');
}

function problemAnswer({ status, body }: Problem): BootAnswer {
  // What is left of a body that was refused is not read, so nothing can come after it.
  const headers = status === 413 ? ['connection', 'close'] : [];
  return wholeAnswer(status, PROBLEM_TYPE, JSON.stringify(body), headers);
}
