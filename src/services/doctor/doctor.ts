import type { Check } from '../../domain/check.ts';
import type { Bmc } from '../../domain/power/bmc.ts';
import type { Profile } from '../../domain/records/profile.ts';
import type { StoredBmc } from '../../store/interfaces/power-store.ts';
import type { StoredProfile } from '../../store/interfaces/store.ts';
import type { LoaderService } from '../boot/loaders.ts';
import type { Deps, SecretBox } from '../deps.ts';
import type { FileFacts } from '../distros.ts';
import { openSettings } from '../records/sealed-settings.ts';
import { openBmcSecrets } from '../systems/system-bmc.ts';
import { examine } from './examine.ts';
import type {
  BackupFact,
  DoctorFacts,
  FileFact,
  HandoffFact,
  HostFacts,
  InterfaceFact,
  ListenerFact,
} from './facts.ts';
import { neededLoaders } from './needed-loaders.ts';

/** What the doctor is told by the wiring. */
export interface DoctorSources {
  readonly dataDir: string;
  readonly status: () => { listeners: readonly ListenerFact[]; warnings: readonly string[] };
  readonly interfaces: () => readonly InterfaceFact[];
  readonly host: () => Promise<HostFacts>;
  readonly files: FileFacts;
  readonly loaders: Pick<LoaderService, 'list'>;
  readonly handoffs: () => Promise<readonly HandoffFact[]>;
  readonly backups: () => Promise<BackupFact>;
}

/** Looks everything up, now, and judges it. Nothing is changed. */
export function doctorService(deps: Deps, sources: DoctorSources) {
  const { store, now, secrets } = deps;
  return {
    async examine(): Promise<Check[]> {
      const { read } = store;
      const [subnets, distros, profiles, systems] = await Promise.all([
        read.subnets.list(),
        read.distros.list(),
        read.profiles.list(),
        read.systems.list(),
      ]);
      const stored = await Promise.all(profiles.map(({ name }) => read.profiles.find(name)));
      const written = [...subnets, ...distros, ...profiles, ...systems].map(({ updatedAt }) => updatedAt);
      const armed = systems.flatMap(({ install }) => install?.armedAt ?? []);
      // Not the ends of leases: how long they were when they were given is on no record.
      const times = [...written, ...armed].map((text) => Date.parse(text));
      const facts: DoctorFacts = {
        nowMs: now(),
        dataDir: sources.dataDir,
        ...sources.status(),
        interfaces: sources.interfaces(),
        subnets,
        loaders: await sources.loaders.list(),
        neededLoaders: neededLoaders(distros, profiles, systems),
        files: await lookAtFiles(sources.files, [
          ...distros.flatMap((distro) =>
            (['kernel', 'initrd', 'tree'] as const).map(
              (field) => ['distro', distro.name, field, distro[field]] as const,
            ),
          ),
          ...profiles.map((profile) => ['profile', profile.name, 'image', profile.image] as const),
        ]),
        unreadableSecrets: [
          ...stored.flatMap((one) => (one === undefined ? [] : unreadable(one, secrets))),
          ...(await read.bmcs.list()).flatMap((one) => unreadableBmc(one, secrets)),
        ],
        latestWriteMs: times.length === 0 ? null : Math.max(...times),
        handoffs: await sources.handoffs(),
        bmcs: systems.flatMap(({ name, bmc, power }) => (isAsked(bmc) ? [{ system: name, power }] : [])),
        backups: await sources.backups(),
        database: await store.upkeep.check(),
        host: await sources.host(),
      };
      return examine(facts);
    },
  };
}

export type DoctorService = ReturnType<typeof doctorService>;

type Named = readonly [noun: string, name: string, field: string, path: string | null];

/** What is at the paths that records name; URLs are not looked at. */
async function lookAtFiles(files: FileFacts, named: readonly Named[]): Promise<FileFact[]> {
  const facts: FileFact[] = [];
  for (const [noun, name, field, path] of named) {
    if (path === null || !path.startsWith('/')) continue;
    const seen = await files.inspect(path);
    const wanted = field === 'tree' ? 'directory' : 'file';
    const refused =
      'refused' in seen ? seen.refused : seen.kind === wanted ? null : `${path} is not a ${wanted}`;
    const edit = `provision ${noun} edit ${name} --${field} PATH`;
    facts.push({ record: `${noun} ${name}`, field, path, refused, edit });
  }
  return facts;
}

function unreadable({ profile, sealedSecrets }: StoredProfile, secrets: SecretBox): string[] {
  try {
    openSettings(sealedSecrets, secrets);
    return [];
  } catch {
    return [nameOf(profile)];
  }
}

function unreadableBmc(stored: StoredBmc, secrets: SecretBox): string[] {
  try {
    openBmcSecrets(stored, secrets);
    return [];
  } catch {
    return [`the BMC of ${stored.system}`];
  }
}

/** Wake-on-LAN switches on, and nobody is there to be asked. */
function isAsked(bmc: Bmc | null): boolean {
  return bmc !== null && bmc.driver !== null && bmc.driver !== 'wol';
}

const nameOf = ({ name }: Pick<Profile, 'name'>): string => `profile ${name}`;
