import type { CertificateState, MachineCertificate } from '../../domain/access/certificate.ts';

export interface CertificateWrite {
  readonly systemId: number;
  readonly installId: number;
  readonly handoff: string;
  readonly certname: string;
}

export interface CertificateStore {
  /** Fixes the name for an install, as `reserved`. */
  add(write: CertificateWrite, nowMs: number): Promise<MachineCertificate>;
  find(installId: number): Promise<MachineCertificate | undefined>;
  /** Those of a system that are not revoked, of the newest install first. */
  listGood(systemId: number): Promise<MachineCertificate[]>;
  /** `keyDigest` undefined: stays as it is. */
  setState(
    installId: number,
    state: CertificateState,
    nowMs: number,
    keyDigest?: string,
  ): Promise<MachineCertificate>;
}
