import type { FastifyInstance, InjectOptions } from 'fastify';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, unknown>;
}

/** One request to an app, and its answer with the body read as JSON where it is JSON. */
export async function inject(app: FastifyInstance, options: InjectOptions): Promise<Answer> {
  const response = await app.inject(options);
  const isJson = /json/.test(String(response.headers['content-type']));
  const body = isJson && response.payload !== '' ? JSON.parse(response.payload) : response.payload;
  return { status: response.statusCode, body, headers: response.headers };
}

/** Headers and payload of a JSON body; of none, nothing. */
export function jsonBody(body: unknown): InjectOptions {
  if (body === undefined) return {};
  return { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
