import { ApiError, UnexpectedAnswer } from './errors.ts';
import { parseProblem } from './problem.ts';
import type { ClientRequest, ClientResponse, StreamResponse, Transport } from './transport.ts';

/** A list as the API answers it. */
export interface Items<T> {
  readonly items: readonly T[];
}

type Method = ClientRequest['method'];

/** Requests with a JSON body and a judged answer; what the nouns of the client are made of. */
export interface Exchange {
  list<T>(path: string): Promise<Items<T>>;
  /** `timeoutMs`: longer than requests usually take. */
  object<T>(
    method: Method,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    timeoutMs?: number,
  ): Promise<T>;
  nothing(method: Method, path: string, body?: unknown): Promise<void>;
  /** Sends the bytes of a file as they are. */
  upload<T>(path: string, bytes: Uint8Array): Promise<T>;
}

/** Exchanges over one transport, each with the token if there is one. */
export function exchangeOver(request: Transport, token: string | undefined): Exchange {
  const send = async (
    method: Method,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
    timeoutMs?: number,
  ): Promise<ClientResponse> => {
    const headers: Record<string, string> = { accept: 'application/json, application/problem+json', ...more };
    const isBytes = body instanceof Uint8Array;
    if (body !== undefined)
      headers['content-type'] = isBytes ? 'application/octet-stream' : 'application/json';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const content = body === undefined || isBytes ? body : JSON.stringify(body);
    return refused(await request({ method, path, headers, body: content, timeoutMs }));
  };
  return {
    list: async <T>(path: string) => {
      const response = await send('GET', path);
      const value = objectOf(response);
      if (!('items' in value) || !Array.isArray(value.items)) {
        throw new UnexpectedAnswer(response.status, response.contentType, 'a list without items');
      }
      return value as Items<T>;
    },
    object: async <T>(
      method: Method,
      path: string,
      body?: unknown,
      headers?: Record<string, string>,
      timeoutMs?: number,
    ) => objectOf(await send(method, path, body, headers, timeoutMs)) as T,
    nothing: async (method, path, body) => {
      await send(method, path, body);
    },
    upload: async <T>(path: string, bytes: Uint8Array) => objectOf(await send('PUT', path, bytes)) as T,
  };
}

/** Hands a 2xx answer on; throws for every other. */
export function refused(response: ClientResponse): ClientResponse {
  if (response.status >= 200 && response.status < 300) return response;
  const problem = parseProblem(jsonOf(response.text));
  if (problem !== undefined && response.status >= 400) {
    // The status line is what proxies and the server agree on; a copy in the body that differs would mislead.
    throw new ApiError({ ...problem, status: response.status });
  }
  throw new UnexpectedAnswer(response.status, response.contentType, 'no problem document');
}

/** Throws what an answer says that was to go on and does not. */
export async function refuseStream({ status, header, body }: StreamResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  refused({ status, contentType: header('content-type'), text });
}

function objectOf(response: ClientResponse): object {
  const value = jsonOf(response.text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UnexpectedAnswer(response.status, response.contentType, 'no JSON object');
}

/** The JSON value in the text, or undefined if the text is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
