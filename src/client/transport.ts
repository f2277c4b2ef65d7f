/** One request as the client builds it; the transport adds only how to get there. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's base, beginning with `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, the bytes of a file, or undefined for a request without a body. */
  readonly body: string | Uint8Array | undefined;
  /** How long it may take; absent: as long as the transport thinks fit. */
  readonly timeoutMs?: number | undefined;
}

export interface ClientResponse {
  readonly status: number;
  /** The Content-Type header, empty if there was none. */
  readonly contentType: string;
  readonly text: string;
}

/** Carries one request to the server and its answer back. Throws `Unreachable` when there is no answer. */
export type Transport = (request: ClientRequest) => Promise<ClientResponse>;

/** An answer that goes on: its head is there, its body comes as it is written. */
export interface StreamResponse {
  readonly status: number;
  /** A header of the answer, empty if there is none. */
  readonly header: (name: string) => string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads no more. */
  readonly close: () => void;
}

/**
 * Like `Transport`, for answers without an end. Throws `Unreachable` when there is no answer, and while the body is read
 * when nothing comes for `silenceMs`; absent: silence means nothing.
 */
export type OpenStream = (request: ClientRequest, silenceMs?: number) => Promise<StreamResponse>;
