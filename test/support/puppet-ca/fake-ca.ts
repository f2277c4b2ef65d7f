import { decodeCsr } from '../../../src/puppet/csr.ts';
import { type Certificate, makeCertificate } from '../redfish-sim/certificate.ts';
import type { CaAnswer, CaStep } from './conversation.ts';

interface Entry {
  readonly state: 'requested' | 'signed' | 'revoked';
  readonly pem: string;
}

const NOT_FOUND = { status: 404, text: 'Resource not found.' };
const NOTHING = { status: 204, text: '' };
const ALLOW = 'Then restart the puppetserver and try signing this certificate again.';

/** Does what the CA of Debian's puppetserver 7.9.5 does, by the recording of that (conversation.json). */
export class FakeCa {
  readonly entries = new Map<string, Entry>();
  /** `METHOD path` of everything that was asked. */
  readonly asked: string[] = [];
  readonly #authority: Certificate;

  constructor(authority: Certificate) {
    this.#authority = authority;
  }

  handle({ method, path, body }: Omit<CaStep, 'contentType'>): CaAnswer {
    this.asked.push(`${method} ${path}`);
    const [, noun = '', name = ''] = /^\/puppet-ca\/v1\/([a-z_]+)\/([a-z0-9._-]+)$/.exec(path) ?? [];
    const entry = this.entries.get(name);
    switch (`${method} ${noun}`) {
      case 'GET certificate_status':
        if (entry === undefined) return NOT_FOUND;
        return { status: 200, text: JSON.stringify({ name, state: entry.state, dns_alt_names: [] }) };
      case 'DELETE certificate_status':
        return this.entries.delete(name) ? NOTHING : NOT_FOUND;
      case 'PUT certificate_status':
        return this.#setState(name, (JSON.parse(body ?? '') as { desired_state: string }).desired_state);
      case 'GET certificate_request':
      case 'GET certificate': {
        const isThere = noun === 'certificate' ? entry?.state === 'signed' : entry?.state === 'requested';
        if (entry !== undefined && isThere) return { status: 200, text: entry.pem };
        return { status: 404, text: `Could not find ${noun} ${name}` };
      }
      case 'PUT certificate_request':
        return this.#submit(name, body ?? '');
      default:
        return { status: 404, text: 'Not Found' };
    }
  }

  #submit(name: string, pem: string): CaAnswer {
    const state = this.entries.get(name)?.state;
    const subject = decodeCsr(pem).subject[0]?.value;
    if (subject !== name) {
      const text = `Instance name "${subject}" does not match requested key "${name}"`;
      return { status: 400, text };
    }
    if (state !== undefined) {
      const text = `${name} already has a ${state} certificate; ignoring certificate request`;
      return { status: 400, text };
    }
    this.entries.set(name, { state: 'requested', pem });
    return { status: 200, text: '' };
  }

  #setState(name: string, wanted: string): CaAnswer {
    const entry = this.entries.get(name);
    if (wanted !== 'signed' && wanted !== 'revoked') {
      const text = `State ${wanted} invalid; Must specify desired state of 'signed' or 'revoked' for host ${name}.`;
      return { status: 400, text };
    }
    if (entry === undefined) return { status: 404, text: 'Invalid certificate subject.' };
    if (wanted === 'revoked') {
      this.entries.set(name, { ...entry, state: 'revoked' });
      return NOTHING;
    }
    if (entry.state !== 'requested') {
      const text = `Cannot sign certificate for host ${name} without a certificate request`;
      return { status: 409, text };
    }
    return this.#sign(name, entry.pem);
  }

  #sign(name: string, request: string): CaAnswer {
    const { extensions, publicKey } = decodeCsr(request);
    if (extensions.includes('2.5.29.17')) {
      const text =
        `CSR '${name}' contains extra subject alternative names (DNS:puppet), which are disallowed. To allow subject ` +
        `alternative names, set allow-subject-alt-names to true in your ca.conf file. ${ALLOW}`;
      return { status: 409, text };
    }
    if (extensions.length > 0) {
      const text =
        `CSR '${name}' contains an authorization extension, which is disallowed. To allow authorization extensions, set ` +
        `allow-authorization-extensions to true in your ca.conf file. ${ALLOW}`;
      return { status: 409, text };
    }
    const { cert: pem } = makeCertificate({ name, issuer: this.#authority, publicKey });
    this.entries.set(name, { state: 'signed', pem });
    return NOTHING;
  }
}
