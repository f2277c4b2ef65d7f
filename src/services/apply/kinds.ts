import type { distroService } from '../distros.ts';
import type { profileService } from '../profiles.ts';
import type { subnetService } from '../subnets/subnets.ts';
import type { systemService } from '../systems/systems.ts';

/** The kinds of records, each with its own types. */
export interface RecordKinds {
  readonly distros: ReturnType<typeof distroService>['kind'];
  readonly profiles: ReturnType<typeof profileService>['kind'];
  readonly subnets: ReturnType<typeof subnetService>['kind'];
  readonly systems: ReturnType<typeof systemService>['kind'];
}
