import { Agent, request } from 'node:http';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One client of a running service: a connection to its unix socket that is kept, and used for one request at a time. */
export interface ApiConnection {
  /** Rejects when the service goes before it has answered whole. */
  call(method: string, path: string, body?: object): Promise<ApiAnswer>;
  close(): void;
}

export function connectApi(socketPath: string): ApiConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    call: (method, path, body) => askApi({ socketPath, agent, method, path }, body),
    close: () => agent.destroy(),
  };
}

/** One request by a unix socket; without an agent on a connection of its own. */
export function askApi(
  to: { socketPath: string; agent: Agent | false; method: string; path: string },
  body: object | undefined,
): Promise<ApiAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request({ ...to, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        // An answer that was cut is no answer.
        try {
          resolve({ status: response.statusCode ?? 0, body: text === '' ? null : JSON.parse(text) });
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}
