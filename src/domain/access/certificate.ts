/**
 * `reserved`: the name is this install's, and what the CA has of it is still to be forgotten. `cleared`: it has nothing of it. `signing`: a request
 * of the machine was found good. `signed`: the machine has its certificate. `revoked`: over.
 */
export type CertificateState = 'reserved' | 'cleared' | 'signing' | 'signed' | 'revoked';

/** The certificate of a machine, by which configuration management knows it; its name is fixed when the install is armed. */
export interface MachineCertificate {
  readonly install: number;
  /** Name of the hand-off, which says whose CA it is. */
  readonly handoff: string;
  readonly certname: string;
  readonly state: CertificateState;
  /** SHA-256 of the public key (SubjectPublicKeyInfo) that was found good, 64 hex digits. */
  readonly keyDigest: string | null;
}
