import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { PuppetFacts } from '../../src/answer-file/context.ts';
import type { Config } from '../../src/config.ts';
import type { NewBootEvent } from '../../src/domain/boot/boot-event.ts';
import { DomainError } from '../../src/domain/errors.ts';
import type { DefinitionOf } from '../../src/domain/handoff/handoff-definition.ts';
import type { System } from '../../src/domain/records/system.ts';
import { createPuppetCa, type PuppetCa } from '../../src/puppet/ca.ts';
import { challengeOf } from '../../src/puppet/challenge.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import {
  type MachineCertificates,
  machineCertificates,
} from '../../src/services/handoff/machine-certificates.ts';
import { createCaTransport } from './puppet-transport.ts';

type Definition = DefinitionOf<'puppet'>;

export interface PuppetWiring {
  readonly deps: Deps;
  readonly events: EventService;
  readonly config: () => Config;
  readonly log: Logger;
  readonly tokenOf: (installId: number) => string | undefined;
}

/** What the rest of the service needs of Puppet. */
export interface Puppet {
  readonly certificates: MachineCertificates;
  ca(definition: Definition): PuppetCa;
  /** What the answer file of an install tells the machine's agent; null where it is not handed over to Puppet. Throws DomainError. */
  facts(system: System, token: string): Promise<PuppetFacts | null>;
  /** An install that was armed has its name at the CA fixed, and what the CA has of the machine forgotten. */
  notice(event: NewBootEvent): void;
  /** Lets go of what is under way; it is done before the hand-off then. */
  stop(): Promise<void>;
}

/** Hand-offs to Puppet, as the configuration wants them. */
export function openPuppet({ deps, events, config, log, tokenOf }: PuppetWiring): Puppet {
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  const ca = (definition: Definition): PuppetCa => createPuppetCa(createCaTransport(definition.ca));
  const find = (name: string): Definition | undefined => {
    const { definitions } = config().handoff;
    const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    return found?.driver === 'puppet' ? found : undefined;
  };
  const certificates = machineCertificates({
    deps,
    record: events.record,
    caOf: (name) => {
      const definition = find(name);
      return definition && ca(definition);
    },
    tokenOf,
  });
  const reserve = async (installId: number): Promise<void> => {
    const stored = await deps.store.read.installs.findById(installId);
    if (stored === undefined || find(stored.install.handoff) === undefined) return;
    await certificates.clear(installId, stopped.signal);
  };
  return {
    certificates,
    ca,
    async facts(system, token) {
      // Without its token it is a check or a preview, of what the system would get if it was armed now.
      const install = system.install !== null && tokenOf(system.install.id) === token ? system.install : null;
      const definition = find(install?.handoff ?? system.effective.handoff.value);
      if (definition === undefined) return null;
      const certname = await certificates.nameOf(install?.id ?? null, system);
      if (certname === undefined)
        throw new DomainError('not-ready', 'its host name cannot be the name of a Puppet certificate');
      return {
        certname,
        server: serverOf(definition),
        challenge: challengeOf(token),
        caLines: await readLines(definition.ca.caFile),
      };
    },
    notice({ stage, installId }) {
      if (stage !== 'armed' || installId === null) return;
      const work = reserve(installId)
        .catch((error) => {
          if (!stopped.signal.aborted) log.error({ err: error }, 'a Puppet certificate was not reserved');
        })
        .finally(() => underWay.delete(work));
      underWay.add(work);
    },
    async stop() {
      stopped.abort(new Error('the service stops'));
      await Promise.all(underWay);
    },
  };
}

/** Where agents find their server: by default the one that has the CA. */
export function serverOf({ server, ca }: Pick<Definition, 'server' | 'ca'>): string {
  return server ?? new URL(ca.url).hostname;
}

async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DomainError(
      'not-ready',
      `the certificate of the Puppet CA cannot be read: ${path} (${error.code})`,
    );
  });
  // Comments may stand between certificates.
  const inside = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
  const lines = [...text.matchAll(inside)].flatMap(([block]) => block.split(/\r?\n/));
  if (lines.length > 0) return lines;
  throw new DomainError('not-ready', `there is no certificate in ${path}`);
}
