import type { Kysely, Selectable } from 'kysely';
import type { MachineCertificate } from '../../domain/access/certificate.ts';
import type { CertificateStore } from '../interfaces/certificate-store.ts';
import type { CertificateRow } from '../schema/certificate-schema.ts';
import type { Tables } from '../schema/schema.ts';

/** Queries of certificates; one an install. */
export function certificateQueries(db: Kysely<Tables>): CertificateStore {
  return {
    async add({ systemId, installId, handoff, certname }, nowMs) {
      const row = await db
        .insertInto('certificates')
        .values({
          install_id: installId,
          system_id: systemId,
          handoff,
          certname,
          state: 'reserved',
          key_digest: null,
          updated_at: nowMs,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toCertificate(row);
    },
    async find(installId) {
      const found = db.selectFrom('certificates').selectAll().where('install_id', '=', installId);
      const row = await found.executeTakeFirst();
      return row && toCertificate(row);
    },
    async listGood(systemId) {
      const rows = await db
        .selectFrom('certificates')
        .selectAll()
        .where('system_id', '=', systemId)
        .where('state', '!=', 'revoked')
        .orderBy('install_id', 'desc')
        .execute();
      return rows.map(toCertificate);
    },
    async setState(installId, state, nowMs, keyDigest) {
      const row = await db
        .updateTable('certificates')
        .set({ state, updated_at: nowMs, ...(keyDigest === undefined ? {} : { key_digest: keyDigest }) })
        .where('install_id', '=', installId)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toCertificate(row);
    },
  };
}

function toCertificate(row: Selectable<CertificateRow>): MachineCertificate {
  const { install_id: install, handoff, certname, state, key_digest: keyDigest } = row;
  return { install, handoff, certname, state, keyDigest };
}
