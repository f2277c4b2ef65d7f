import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { CaAccess } from '../../../server/handoff/puppet-transport.ts';
import { makeCertificate } from '../redfish-sim/certificate.ts';
import type { CaStep } from './conversation.ts';
import { FakeCa } from './fake-ca.ts';

export interface CaServer {
  readonly ca: FakeCa;
  /** What the configuration of the service would say. */
  readonly access: CaAccess;
  /** The same with a certificate of that CA that may not manage others. */
  readonly stranger: CaAccess;
  stop(): Promise<void>;
}

const FORBIDDEN = { status: 403, text: 'Forbidden request' };
/** Whom auth.conf lets manage certificates. */
const MANAGER = 'provision.lab.test';

/** The fake CA behind HTTPS on loopback, with certificates of its own in a folder that goes away with it. */
export async function startCaServer(): Promise<CaServer> {
  const folder = mkdtempSync(join(tmpdir(), 'puppet-ca-'));
  const authority = makeCertificate({ name: 'Puppet CA', isAuthority: true });
  const ca = new FakeCa(authority);
  const own = makeCertificate({ name: 'puppet.lab.test', addresses: ['127.0.0.1'], issuer: authority });
  const server = createServer(
    { key: own.key, cert: own.cert, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const who = (request.socket as TLSSocket).getPeerCertificate().subject.CN;
      const path = request.url ?? '/';
      const method = request.method as CaStep['method'];
      const isManaging = path.includes('/certificate_status/');
      const body = Buffer.concat(chunks).toString('utf8');
      const { status, text } =
        isManaging && who !== MANAGER ? FORBIDDEN : ca.handle({ method, path, body: body || null });
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const caFile = file('ca.pem', authority.cert);
  const accessAs = (name: string): CaAccess => {
    const { cert, key } = makeCertificate({ name, issuer: authority });
    const certFile = file(`${name}.pem`, cert);
    return { url: `https://127.0.0.1:${port}`, caFile, certFile, keyFile: file(`${name}.key`, key) };
  };
  return {
    ca,
    access: accessAs(MANAGER),
    stranger: accessAs('web001.lab.test'),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
