import { refuseStream } from './exchange.ts';
import type { OpenStream } from './transport.ts';

/** A backup as it comes: an archive that `provisiond restore` takes. */
export interface BackupStream {
  /** Throws `Unreachable` where the connection breaks before its end. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Bytes that there will be. */
  readonly bytes: number;
}

export interface BackupClient {
  /** A backup as of now; without `key` it opens no secrets. */
  make(options: { readonly key: boolean }): Promise<BackupStream>;
}

/** Nothing comes while the database is copied. */
const SILENCE_MS = 60_000;

export function backupClient(openStream: OpenStream, token: string | undefined): BackupClient {
  return {
    async make({ key }) {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
      const body = JSON.stringify({ key });
      const stream = await openStream({ method: 'POST', path: '/api/v1/backups', headers, body }, SILENCE_MS);
      if (stream.status !== 200) await refuseStream(stream);
      return { content: stream.body, bytes: Number(stream.header('content-length')) };
    },
  };
}
