import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { ServerCertificate } from '../deps.ts';

/** A server showed another certificate than the one that was pinned. */
export class CertificateChanged extends Error {
  override readonly name = 'CertificateChanged';
  readonly code = 'CERTIFICATE_CHANGED';

  constructor(shown: string, pinned: string) {
    super(`it shows sha256:${shown}, and sha256:${pinned} was pinned at login`);
  }
}

/**
 * A connection to exactly the server whose certificate has this SHA-256, whoever signed it, whatever names it has and until
 * when. It is compared before a byte is sent. Throws CertificateChanged.
 */
export async function openPinned(url: string, pinned: string, signal: AbortSignal): Promise<TLSSocket> {
  const socket = await handshake(url, signal);
  const shown = sha256Of(socket);
  if (shown === pinned) return socket;
  socket.destroy();
  throw new CertificateChanged(shown, pinned);
}

/** The certificate that a server shows, and whether this machine trusts it. Nothing is sent. */
export async function readCertificate(url: string, timeoutMs: number): Promise<ServerCertificate> {
  const socket = await handshake(url, AbortSignal.timeout(timeoutMs));
  const certificate = { sha256: sha256Of(socket), isTrusted: socket.authorized };
  socket.destroy();
  return certificate;
}

/** The whole handshake without a judgement, which the caller makes: by then the server has proven that it has the key. */
function handshake(url: string, signal: AbortSignal): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: port === '' ? 443 : Number(port),
      // RFC 6066 §3: addresses are no server names.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    });
    const stop = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function sha256Of(socket: TLSSocket): string {
  const { fingerprint256 } = socket.getPeerX509Certificate() ?? {};
  if (fingerprint256 === undefined) throw new Error('the server shows no certificate');
  return fingerprint256.replaceAll(':', '').toLowerCase();
}
