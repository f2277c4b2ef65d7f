import type { Deps } from '../src/services/deps.ts';
import { type DoctorService, type DoctorSources, doctorService } from '../src/services/doctor/doctor.ts';
import { interfaceFacts, readHostFacts } from './host-facts.ts';
import type { OwnMachine } from './own-machine.ts';

/** The doctor, who looks at the machine that the service runs on. */
export function openDoctor(
  deps: Deps,
  machine: Pick<OwnMachine, 'interfaces'>,
  sources: Omit<DoctorSources, 'interfaces' | 'host'>,
): DoctorService {
  return doctorService(deps, {
    ...sources,
    interfaces: () => interfaceFacts(machine.interfaces()),
    host: () => readHostFacts(sources.dataDir),
  });
}
