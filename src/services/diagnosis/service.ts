import { notFound } from '../../domain/errors.ts';
import type { Diagnosis } from '../../domain/install/diagnosis.ts';
import { formatIpv4, type Ipv4, parseNetwork } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { System } from '../../domain/records/system.ts';
import type { Deps } from '../deps.ts';
import type { OtherServers } from '../dhcp/other-servers.ts';
import type { Strangers } from '../dhcp/strangers.ts';
import type { EventService } from '../events/events.ts';
import { diagnose } from './diagnose.ts';
import type { DiagnosisFacts } from './evidence.ts';

/** What is known beside the records. */
export interface DiagnosisSources {
  readonly events: Pick<EventService, 'flush'>;
  readonly otherServers: Pick<OtherServers, 'list'>;
  readonly strangers: Pick<Strangers, 'list'>;
  readonly ownAddresses: () => readonly Ipv4[];
  /** Port of the boot listener, for URLs. */
  readonly httpPort: number;
}

export interface DiagnosisService {
  /** Where the last install of a system is on its way, and what is missing. Throws DomainError 'not-found'. */
  diagnose(name: string): Promise<Diagnosis>;
}

/** More than is kept of one machine. */
const WHOLE_TIMELINE = 10_000;

export function diagnosisService(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  sources: DiagnosisSources,
): DiagnosisService {
  const { read } = store;

  const factsOf = async (system: System): Promise<DiagnosisFacts> => {
    const profile = await read.profiles.find(system.profile);
    const subnets = subnetsOf(system, await read.subnets.list());
    const names = subnets.map(({ name }) => name);
    return {
      system: system.name,
      loader: system.effective.loader.value,
      hasBmc: system.bmc !== null,
      isImage: profile?.profile.install === 'image',
      subnets: subnets.map(({ name, dhcp }) => ({ name, dhcp })),
      otherServers: sources.otherServers
        .list()
        .filter(({ subnet, expected }) => !expected && names.includes(subnet)),
      strangers: sources.strangers.list(subnets.flatMap(({ network }) => parseNetwork(network) ?? [])),
      ownAddresses: sources.ownAddresses().map(formatIpv4),
      httpPort: sources.httpPort,
    };
  };

  return {
    async diagnose(name) {
      await sources.events.flush();
      const found = await read.systems.find(name);
      if (found === undefined) throw notFound('system', name);
      const { system } = found;
      const timeline = await read.events.list({ systemId: system.id }, 0, WHOLE_TIMELINE);
      return diagnose(system.install, timeline, await factsOf(system), now());
    },
  };
}

/** Those of its interfaces; of a machine with dynamic addresses only it can be any that DHCP is on for. */
function subnetsOf({ interfaces }: System, all: readonly Subnet[]): Subnet[] {
  const own = all.filter(({ name }) => interfaces.some(({ subnet }) => subnet === name));
  return own.length > 0 ? own : all.filter(({ dhcp }) => dhcp !== 'off');
}
