/** One request as the client builds it; the transport adds only how to get there. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's base, beginning with `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, the bytes of a file, or undefined for a request without a body. */
  readonly body: string | Uint8Array | undefined;
}

export interface ClientResponse {
  readonly status: number;
  /** The Content-Type header, empty if there was none. */
  readonly contentType: string;
  readonly text: string;
}

/** Carries one request to the server and its answer back. Throws `Unreachable` when there is no answer. */
export type Transport = (request: ClientRequest) => Promise<ClientResponse>;
