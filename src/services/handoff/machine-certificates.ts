import type { MachineCertificate } from '../../domain/access/certificate.ts';
import type { Secret } from '../../domain/access/secret.ts';
import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import type { System } from '../../domain/records/system.ts';
import type { PuppetCa } from '../../puppet/ca.ts';
import { CaError } from '../../puppet/ca-error.ts';
import { certnameOf } from '../../puppet/certname.ts';
import { challengeOf } from '../../puppet/challenge.ts';
import type { StoredInstall } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import { readHostNames } from '../systems/host-names.ts';
import type { CertificateOnRecord } from './watch-request.ts';

export interface CertificateParts {
  readonly deps: Deps;
  readonly record: (event: NewBootEvent) => void;
  /** The CA of a hand-off by Puppet; undefined where the configuration has none of that name (any more). */
  readonly caOf: (handoff: string) => PuppetCa | undefined;
  readonly tokenOf: (installId: number) => string | undefined;
}

/** The certificates of machines that are handed over to Puppet. */
export interface MachineCertificates {
  /** Reasons against arming: no name for the certificate, or a CA that does not do what will be asked of it. */
  problems(system: System, signal: AbortSignal): Promise<string[]>;
  /**
   * Fixes the name for an install that was armed, and has the CA forget what it has of the machine; what of that is done already is
   * not done again. Undefined where the machine can have no name. Throws CaError.
   */
  clear(installId: number, signal: AbortSignal): Promise<MachineCertificate | undefined>;
  /** The name that is fixed for an install, or that the system would get; undefined where it can have none. */
  nameOf(installId: number | null, system: System): Promise<string | undefined>;
  recordOf(installId: number): CertificateOnRecord;
  challengeOf(installId: number): Secret | undefined;
}

export function machineCertificates({ deps, record, caOf, tokenOf }: CertificateParts): MachineCertificates {
  const { store, now } = deps;

  const computeName = async (system: System): Promise<string | undefined> => {
    const { label, domain } = await readHostNames(store.read, system);
    return certnameOf(label, domain);
  };

  const tell = (stored: StoredInstall, outcome: 'ok' | 'warning', message: string): void =>
    record({
      systemId: stored.systemId,
      mac: null,
      installId: stored.install.id,
      stage: 'certificate',
      outcome,
      message,
      data: {},
    });

  /** The CA forgets everything that it has of the machine: also under the name that it had before. */
  const forget = async (
    systemId: number,
    { install, certname, handoff }: MachineCertificate,
    signal: AbortSignal,
  ): Promise<string[]> => {
    const ca = caOf(handoff);
    if (ca === undefined) throw new CaError('refused', `is not in the configuration any more (${handoff})`);
    const forgotten = new Set<string>();
    for (const old of await store.read.certificates.listGood(systemId)) {
      if (old.install === install) continue;
      const oldCa = caOf(old.handoff);
      if (oldCa !== undefined && (await oldCa.clean(old.certname, signal))) forgotten.add(old.certname);
      await store.transaction((tx) => tx.certificates.setState(old.install, 'revoked', now()));
    }
    if (await ca.clean(certname, signal)) forgotten.add(certname);
    await store.transaction((tx) => tx.certificates.setState(install, 'cleared', now()));
    return [...forgotten];
  };

  const reserve = async ({ systemId, install }: StoredInstall): Promise<MachineCertificate | undefined> => {
    const found = await store.read.systems.findById(systemId);
    const certname = found && (await computeName(found.system));
    if (certname === undefined) return undefined;
    const write = { systemId, installId: install.id, handoff: install.handoff, certname };
    return store.transaction((tx) => tx.certificates.add(write, now()));
  };

  return {
    async problems(system, signal) {
      const certname = await computeName(system);
      if (certname === undefined) return ['its host name cannot be the name of a Puppet certificate'];
      const handoff = system.effective.handoff.value;
      const ca = caOf(handoff);
      if (ca === undefined) return [];
      try {
        await ca.stateOf(certname, signal);
        return [];
      } catch (error) {
        if (error instanceof CaError) return [`the Puppet CA ${error.message}`];
        if (signal.aborted) return ['the Puppet CA does not answer'];
        throw error;
      }
    },

    async clear(installId, signal) {
      const found = await store.read.certificates.find(installId);
      if (found !== undefined && found.state !== 'reserved') return found;
      const stored = await store.read.installs.findById(installId);
      const reserved = found ?? (stored && (await reserve(stored)));
      if (stored === undefined || reserved === undefined) return undefined;
      const { certname } = reserved;
      try {
        const forgotten = await forget(stored.systemId, reserved, signal);
        const before = forgotten.length === 0 ? '' : `; the CA has forgotten ${forgotten.join(', ')}`;
        tell(stored, 'ok', `its Puppet certificate will be ${certname}${before}`);
      } catch (error) {
        if (!(error instanceof CaError)) throw error;
        tell(
          stored,
          'warning',
          `the Puppet CA ${error.message}; ${certname} has to be forgotten there before the hand-off`,
        );
        throw error;
      }
      return store.read.certificates.find(installId);
    },

    async nameOf(installId, system) {
      const fixed = installId === null ? undefined : await store.read.certificates.find(installId);
      return fixed?.certname ?? computeName(system);
    },

    recordOf: (installId) => ({
      find: () => store.read.certificates.find(installId),
      write: (state, keyDigest) =>
        store.transaction(async (tx) => {
          const stored = await tx.installs.findById(installId);
          if (stored?.install.state !== 'configuring') return false;
          await tx.certificates.setState(installId, state, now(), keyDigest);
          return true;
        }),
    }),

    challengeOf(installId) {
      const token = tokenOf(installId);
      return token === undefined ? undefined : challengeOf(token);
    },
  };
}
