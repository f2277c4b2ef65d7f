import { BmcError } from '../domain/power/bmc-error.ts';
import { errorOf, RedfishError } from './failure.ts';
import { pathOf } from './link.ts';
import { parseResource, type Resource, textAt } from './resource.ts';
import type { RedfishRequest, RedfishResponse, RedfishTransport } from './transport.ts';

/** A resource as it was read. */
export interface Fetched {
  readonly path: string;
  readonly resource: Resource;
  /** DSP0266 §6.5; null where the BMC gives none. */
  readonly etag: string | null;
}

export interface Answer {
  readonly headers: RedfishResponse['headers'];
  /** Empty where there is no body, or none that is JSON: what counts is the status. */
  readonly resource: Resource;
}

/** Most requests of one session: with loops and endless lists a BMC could hold us for ever. */
const MOST_REQUESTS = 300;
const MOST_REDIRECTS = 3;

/** Requests to one BMC as whom we are, redirects followed on the same BMC only, errors told by type. */
export class Exchange {
  readonly #transport: RedfishTransport;
  readonly #own: readonly string[];
  #requests = 0;
  /** `X-Auth-Token` or `Authorization`; empty before the login. */
  credentials: Readonly<Record<string, string>> = {};

  /** `own`: names under which the BMC may mean itself, `10.0.0.9` and `10.0.0.9:8443`. */
  constructor(transport: RedfishTransport, own: readonly string[]) {
    this.#transport = transport;
    this.#own = own;
  }

  /** A path on this BMC out of a reference that it gave. Throws `malformed` for one that leads elsewhere. */
  path(reference: string, base = '/redfish/v1/'): string {
    return pathOf(reference, base, this.#own);
  }

  async get(reference: string, signal: AbortSignal): Promise<Fetched> {
    const path = this.path(reference);
    const response = await this.#send({ method: 'GET', path, headers: {}, body: null }, signal);
    const resource = parseResource(response.text, path);
    return { path, resource, etag: response.headers['etag'] ?? textAt(resource, '@odata.etag') };
  }

  /** As `get`, and null where the BMC does not have it. */
  async find(reference: string, signal: AbortSignal): Promise<Fetched | null> {
    try {
      return await this.get(reference, signal);
    } catch (error) {
      if (error instanceof BmcError && error.failure === 'unsupported') return null;
      throw error;
    }
  }

  post(reference: string, body: Resource, signal: AbortSignal): Promise<Answer> {
    return this.#write('POST', this.path(reference), body, {}, signal);
  }

  /**
   * Changes properties, DSP0266 §7.6. A resource with an ETag wants it in If-Match (§6.5). Weak tags (`W/"1"`) never match
   * there for some BMCs, others ask for a tag that they do not give (AMI, status 428): the strong form, then `*`.
   */
  async patch(target: Omit<Fetched, 'resource'>, body: Resource, signal: AbortSignal): Promise<Answer> {
    const { path, etag } = target;
    const weak = etag?.startsWith('W/') ? [etag.slice(2)] : [];
    let last: unknown;
    // `*` overrules another's change in between; what we change is whole in itself, so that nothing of theirs is lost.
    for (const tag of [etag, ...weak, '*']) {
      try {
        return await this.#write('PATCH', path, body, tag === null ? {} : { 'if-match': tag }, signal);
      } catch (error) {
        if (!(error instanceof RedfishError) || ![412, 428].includes(error.status)) throw error;
        last = error;
      }
    }
    throw last;
  }

  async delete(reference: string, signal: AbortSignal): Promise<void> {
    await this.#send({ method: 'DELETE', path: this.path(reference), headers: {}, body: null }, signal);
  }

  async #write(
    method: 'POST' | 'PATCH',
    path: string,
    body: Resource,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const json = { 'content-type': 'application/json', ...headers };
    const response = await this.#send({ method, path, headers: json, body: JSON.stringify(body) }, signal);
    return { headers: response.headers, resource: looseResource(response.text, path) };
  }

  async #send(request: RedfishRequest, signal: AbortSignal): Promise<RedfishResponse> {
    const headers = {
      accept: 'application/json',
      // DSP0266 §7.1
      'odata-version': '4.0',
      ...request.headers,
      ...this.credentials,
    };
    let path = request.path;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      if (signal.aborted) throw new BmcError('timeout', 'was given up before it was asked everything');
      this.#requests += 1;
      if (this.#requests > MOST_REQUESTS)
        throw new BmcError('malformed', `leads on for more than ${MOST_REQUESTS} requests`);
      const response = await this.#transport.send({ ...request, path, headers }, signal);
      const next = redirectOf(request, response);
      if (next === undefined) {
        const error = errorOf({ ...request, path }, response);
        if (error !== undefined) throw this.#inContext(error);
        return response;
      }
      path = pathOf(next, path, this.#own);
    }
    throw new BmcError('malformed', `redirects ${request.method} ${request.path} again and again`);
  }

  /** Who was let in has the right password: an "unauthorized" later on means that the session is gone. */
  #inContext(error: RedfishError): BmcError {
    if (error.failure !== 'wrong-credentials' || this.credentials['x-auth-token'] === undefined) return error;
    return new RedfishError(
      'timeout',
      `ended the session; it ${error.message}`,
      error.status,
      error.messages,
    );
  }
}

/** Where to go on; a changed method (303 to a POST) would lose what was asked for. DSP0266 §6.3 */
function redirectOf(request: RedfishRequest, response: RedfishResponse): string | undefined {
  const follows = request.method === 'GET' ? [301, 302, 303, 307, 308] : [307, 308];
  return follows.includes(response.status) ? response.headers['location'] : undefined;
}

function looseResource(text: string, path: string): Resource {
  try {
    return parseResource(text, path);
  } catch {
    return {};
  }
}
