import { createHash } from 'node:crypto';
import type { CertificateState, MachineCertificate } from '../../domain/access/certificate.ts';
import type { Secret } from '../../domain/access/secret.ts';
import type { PuppetCa } from '../../puppet/ca.ts';
import { CaError } from '../../puppet/ca-error.ts';
import { type Csr, decodeCsr } from '../../puppet/csr.ts';
import { MalformedDer } from '../../puppet/der.ts';
import { csrProblem } from '../../puppet/judge-csr.ts';
import type { Clock } from '../power/clock.ts';

/** The certificate of one install: what is on record of it, and the way to write that. */
export interface CertificateOnRecord {
  find(): Promise<MachineCertificate | undefined>;
  /** Writes the state, if the install is being configured still; false: it is not, and nothing was written. */
  write(state: CertificateState, keyDigest?: string): Promise<boolean>;
}

export interface RequestWatch {
  readonly ca: PuppetCa;
  readonly clock: Clock;
  readonly record: CertificateOnRecord;
  readonly certname: string;
  readonly challenge: Secret;
  readonly log: (text: string) => void;
}

/** What came of it; `refused`: there was a request, or a certificate, that is not the machine's. */
export type RequestEnd =
  | { readonly kind: 'signed' }
  | { readonly kind: 'refused' | 'over'; readonly reason: string };

const POLL_MS = 2_000;
/** A CA that is restarted is away for a minute. */
const MOST_SILENCE = 45;

/**
 * Waits until the CA has a request under the machine's name, and signs it if it is the machine's: exactly its name, with the challenge
 * of its install. Another one is taken away, so that the machine's own finds room. Throws CaError, or the signal's reason.
 */
export async function watchRequest(watch: RequestWatch, signal: AbortSignal): Promise<RequestEnd> {
  for (let silent = 0; ; ) {
    try {
      const end = await look(watch, signal);
      if (end !== undefined) return end;
      silent = 0;
    } catch (error) {
      const isSilent = error instanceof CaError && error.failure === 'unreachable';
      silent += 1;
      if (!isSilent || silent > MOST_SILENCE) throw error;
    }
    await watch.clock.wait(POLL_MS, signal);
  }
}

/** One look; undefined: nothing is there yet. */
async function look(watch: RequestWatch, signal: AbortSignal): Promise<RequestEnd | undefined> {
  const { ca, certname, log } = watch;
  switch (await ca.stateOf(certname, signal)) {
    case null:
      return undefined;
    case 'revoked':
      log(`CA: a certificate of before, revoked already, is forgotten\n`);
      await ca.clean(certname, signal);
      return undefined;
    case 'signed':
      return judgeSigned(watch, signal);
    case 'requested':
      return judgeRequest(watch, signal);
  }
}

/** A certificate is there: ours, if its key is the one that was found good before the service ended in the middle. */
async function judgeSigned(
  { ca, record, certname, log }: RequestWatch,
  signal: AbortSignal,
): Promise<RequestEnd | undefined> {
  const [known, key] = [await record.find(), await ca.findCertificateKey(certname, signal)];
  if (key === undefined) return undefined;
  if (known?.keyDigest === digestOf(key)) {
    await record.write('signed');
    return { kind: 'signed' };
  }
  // Nobody has looked at its challenge, so whoever has its key may be anybody.
  await ca.clean(certname, signal);
  const reason = `the CA had signed ${certname} by itself or by another hand; it is revoked. Switch autosign off for it`;
  log(`CA: ${reason}\n`);
  return { kind: 'refused', reason };
}

async function judgeRequest(watch: RequestWatch, signal: AbortSignal): Promise<RequestEnd | undefined> {
  const { ca, record, certname, log } = watch;
  const pem = await ca.findRequest(certname, signal);
  if (pem === undefined) return undefined;
  const judged = judge(pem, watch);
  if ('problem' in judged) {
    await ca.clean(certname, signal);
    const reason = `the request for ${certname} was refused and taken away: ${judged.problem}`;
    log(`CA: ${reason}\n`);
    return { kind: 'refused', reason };
  }
  const key = judged.csr.publicKey;
  // Written before it is signed: a certificate with this key is ours, also if the service ends now.
  if (!(await record.write('signing', digestOf(key))))
    return { kind: 'over', reason: 'the install is not being configured any more; nothing is signed' };
  await ca.sign(certname, signal);
  const signed = await ca.findCertificateKey(certname, signal);
  // The CA signs what it has now, which could be another one than it had when we looked.
  if (signed === undefined || !signed.equals(key)) return judgeSigned(watch, signal);
  await record.write('signed');
  log(`CA: signed ${certname}: its name, its key and its challenge are those of this install\n`);
  return { kind: 'signed' };
}

function judge(pem: string, wanted: RequestWatch): { csr: Csr } | { problem: string } {
  try {
    const csr = decodeCsr(pem);
    const problem = csrProblem(csr, wanted);
    return problem === undefined ? { csr } : { problem };
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    return { problem: `it cannot be read (${error.message})` };
  }
}

/** SHA-256 of a public key, 64 hex digits. */
function digestOf(publicKey: Buffer): string {
  return createHash('sha256').update(publicKey).digest('hex');
}
