import type { BootServer } from '../../boot/bootfile.ts';
import { isInScope } from '../../domain/access/access.ts';
import { DomainError, notFound } from '../../domain/errors.ts';
import type { ExplainStep, Explanation } from '../../domain/install/explanation.ts';
import { type Install, NO_HANDOFF } from '../../domain/install/install.ts';
import { parseIpv4 } from '../../domain/network/ipv4.ts';
import type { StoredInstall, StoredSystem } from '../../store/interfaces/store.ts';
import { failureText } from '../boot/answer-files.ts';
import type { Actor } from '../deps.ts';
import type { Strangers } from '../dhcp/strangers.ts';
import type { FileFacts } from '../distros.ts';
import { parseInput } from '../records/input.ts';
import type { RealParts } from './dry-run.ts';
import { playBoot } from './explain.ts';
import { type OwnInterface, type Place, placeOf } from './place.ts';
import { explainQuery, findSubject, type Subject } from './subject.ts';

export interface ExplainSources extends RealParts {
  readonly files: Pick<FileFacts, 'inspect'>;
  readonly strangers: Pick<Strangers, 'find'>;
  readonly interfaces: () => readonly OwnInterface[];
}

export interface ExplainService {
  /** What a machine would get now; nothing is written. Throws DomainError 'not-found' or 'invalid'. */
  explain(query: unknown, actor: Pick<Actor, 'scope'>): Promise<Explanation>;
}

/** How long a supposed install lasts, as one that is armed does. */
const SUPPOSED_MS = 240 * 60_000;

/** Explains by playing a boot through the very functions that answer machines, on a store that is only read. */
export function explainService(sources: ExplainSources): ExplainService {
  const { deps } = sources;
  return {
    async explain(input, { scope }) {
      const query = parseInput(explainQuery, input);
      const subject = await findSubject(deps.store, query);
      // Of machines without a record nobody says whose they are.
      if (scope !== null && !isInScope(scope, subject.stored?.system.roles ?? []))
        throw notFound('system', query.who);
      const place = placeOf(subject.subnet, sources.interfaces());
      if (place === undefined)
        throw new DomainError('wrong-state', 'this server has no interface with an address', {
          hint: 'give it one, and look again: provision doctor',
        });
      const { stored } = subject;
      if (query.asIfArmed && stored === undefined)
        throw new DomainError('invalid', 'no record knows this MAC, so that it could not be armed', {
          hint: `add it first: provision system add NAME --profile PROFILE --mac ${subject.mac}`,
        });
      const supposed =
        query.asIfArmed && stored !== undefined ? supposedInstall(stored, deps.now()) : undefined;
      const isIpxe = query.loaderClass === 'ipxe';
      const steps = [
        recordStep(subject, sources),
        ...(supposed === undefined || stored === undefined ? [] : [await armStep(sources, stored, place)]),
        ...(await playBoot({ real: sources, files: sources.files, subject, place, supposed, isIpxe })),
      ];
      const install = supposed?.install ?? stored?.system.install ?? null;
      return {
        mac: subject.mac,
        system: stored?.system.name ?? null,
        firmware: subject.firmware,
        isIpxe,
        subnet: place.subnet,
        by: place.says,
        isAsIfArmed: supposed !== undefined,
        install: install === null ? null : { id: install.id, state: install.state },
        steps,
      };
    },
  };
}

function recordStep({ mac, stored, card, firmware }: Subject, { strangers }: ExplainSources): ExplainStep {
  const blank = { name: 'record', outcome: 'ok', why: null, hint: null, text: null, data: {} } as const;
  if (stored === undefined) {
    const seen = strangers.find(mac);
    const why =
      seen === undefined
        ? 'it was not heard since the service was started'
        : `it was heard ${seen.count === 1 ? 'once' : `${seen.count} times`}, last at ${seen.lastSeenAt} (${seen.firmware})`;
    const hint = `to make it known: provision system add NAME --profile PROFILE --mac ${mac}`;
    return { ...blank, outcome: 'warning', says: `no record knows ${mac}`, why, hint };
  }
  const { name, profile, effective, install } = stored.system;
  const { loader } = effective;
  return {
    ...blank,
    says: `system ${name}, interface ${card?.name ?? '-'}, profile ${profile}, loader ${loader.value} (${loader.from}), firmware ${firmware.kind} (${firmware.from})`,
    why: install === null ? 'no install was ever armed' : `install ${install.id} is ${install.state}`,
  };
}

/** Would it be armed at all? Everything that is in the way, as arming would say it. */
async function armStep(sources: ExplainSources, stored: StoredSystem, place: Place): Promise<ExplainStep> {
  const blank = { name: 'arm', why: null, hint: null, text: null, data: {} } as const;
  const [first] = place.reception.serverAddresses;
  const server: BootServer = {
    address: first?.address ?? (parseIpv4('127.0.0.1') as BootServer['address']),
    httpPort: sources.dhcp.httpPort,
  };
  try {
    await sources.answers.checkReady(stored, server);
    return { ...blank, outcome: 'ok', says: 'files, kernel args and answer file are in order' };
  } catch (error) {
    const why = error instanceof DomainError ? error.problems.map(({ message }) => message).join('; ') : '';
    const text = why || (failureText(error) ?? 'the log of the service has the details');
    const hint = 'mend this first; what follows is what it would get if it were armed all the same';
    return { ...blank, outcome: 'warning', says: 'would be refused', why: text, hint };
  }
}

/** One that was armed this moment, once. */
function supposedInstall({ system }: StoredSystem, nowMs: number): StoredInstall {
  const at = new Date(nowMs).toISOString();
  const install: Install = {
    id: system.install?.id ?? 0,
    system: system.name,
    state: 'armed',
    stateAt: at,
    batch: null,
    position: null,
    attempts: 1,
    attemptsUsed: 0,
    scriptsServed: 0,
    armedAt: at,
    armedBy: 'nobody',
    expiresAt: new Date(nowMs + SUPPOSED_MS).toISOString(),
    updatedAt: at,
    stage: null,
    reason: null,
    failure: null,
    hint: null,
    handoff: NO_HANDOFF,
    hostKeys: [],
    powerUp: null,
  };
  return { install, systemId: system.id, tokenSealed: '' };
}
