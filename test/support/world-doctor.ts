import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { Deps } from '../../src/services/deps.ts';
import { type DoctorService, type DoctorSources, doctorService } from '../../src/services/doctor/doctor.ts';
import { WELL_BACKUPS, WELL_HOST } from './doctor-facts.ts';

/** The doctor of a world on a machine that lacks nothing, with one interface. */
export function worldDoctor(
  deps: Deps,
  sources: Omit<DoctorSources, 'interfaces' | 'host' | 'backups'>,
  ownAddresses: readonly Ipv4[],
): DoctorService {
  return doctorService(deps, {
    ...sources,
    interfaces: () => [{ name: 'eth1', up: true, isPort: false, addresses: ownAddresses }],
    host: async () => WELL_HOST,
    backups: async () => WELL_BACKUPS,
  });
}
