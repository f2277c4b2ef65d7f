import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';

/** Where the server is: a base URL without a slash at its end, or a unix socket by its absolute path. */
export type ServerAddress =
  | {
      readonly kind: 'url';
      readonly url: string;
      /** SHA-256 of the one certificate that is accepted, 64 hex digits. */
      readonly certificate?: string;
      /** The context that named it. */
      readonly context?: string;
    }
  | { readonly kind: 'unix'; readonly path: string };

/** Where provisiond puts its socket when nobody says otherwise. */
export const DEFAULT_SERVER = 'unix:./data/provision.sock';

const EXAMPLES =
  'like http://127.0.0.1:8080, https://provision.example.net or unix:/var/lib/provision/provision.sock';

/** Parses `http://…`, `https://…` or `unix:PATH`; relative paths are taken from `cwd`. Throws UsageError. */
export function parseServerAddress(text: string, cwd: string): ServerAddress {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
    if (path === '') throw new UsageError(`'${text}' names no socket`, `write the server ${EXAMPLES}`);
    return { kind: 'unix', path: resolve(cwd, path) };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`'${text}' is not a server`, `write the server ${EXAMPLES}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('a server URL carries no name or password', 'log in with: provision login URL');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError(`'${text}' has a query or fragment`, `write the server ${EXAMPLES}`);
  }
  return { kind: 'url', url: (url.origin + url.pathname).replace(/\/+$/, '') };
}

/** As one would give it to --server. */
export function formatServerAddress(address: ServerAddress): string {
  return address.kind === 'unix' ? `unix:${address.path}` : address.url;
}

/** Whether a token sent there could be read on the way. */
export function isPlainRemote(address: ServerAddress): boolean {
  if (address.kind === 'unix') return false;
  const { protocol, hostname } = new URL(address.url);
  return protocol === 'http:' && !/^(localhost|127(\.[0-9]+){3}|\[::1\])$/.test(hostname);
}
