import type { Ipv4 } from '../src/domain/network/ipv4.ts';
import { applyService } from '../src/services/apply/apply.ts';
import type { Deps } from '../src/services/deps.ts';
import { distroService, type FileFacts } from '../src/services/distros.ts';
import { profileService, type ShippedProfiles } from '../src/services/profiles.ts';
import { idempotencyService } from '../src/services/records/idempotency.ts';
import { subnetService } from '../src/services/subnets/subnets.ts';
import { systemService } from '../src/services/systems/systems.ts';

export interface RecordParts {
  readonly files: FileFacts;
  readonly shipped: ShippedProfiles;
  readonly ownAddresses: () => readonly Ipv4[];
  /** Runs after each change of subnets. */
  readonly onSubnets: () => void;
}

/** The use cases of records: one at a time by kind, and many at once. */
export function openRecords(deps: Deps, { files, shipped, ownAddresses, onSubnets }: RecordParts) {
  const distros = distroService(deps, files);
  const profiles = profileService(deps, shipped);
  const subnets = subnetService(deps, onSubnets);
  const systems = systemService(deps, ownAddresses);
  const kinds = {
    distros: distros.kind,
    profiles: profiles.kind,
    subnets: subnets.kind,
    systems: systems.kind,
  };
  const idempotency = idempotencyService(deps);
  return { distros, profiles, subnets, systems, apply: applyService(deps, kinds), idempotency };
}
