import type { CertificateState } from '../../domain/access/certificate.ts';

export interface CertificateTables {
  certificates: CertificateRow;
}

export interface CertificateRow {
  install_id: number;
  system_id: number;
  handoff: string;
  certname: string;
  state: CertificateState;
  key_digest: string | null;
  updated_at: number;
}
