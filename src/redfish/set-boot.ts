import { BmcError } from '../domain/power/bmc-error.ts';
import type { BootOverride } from '../domain/power/power.ts';
import { bmcText } from './bmc-text.ts';
import { bootAttempts, isSameBoot, readBoot } from './boot-override.ts';
import type { Exchange, Fetched } from './exchange.ts';
import { RedfishError } from './failure.ts';
import type { Quirks } from './quirks.ts';
import { mayBeDone } from './reset.ts';
import { linkAt, objectAt, textAt } from './resource.ts';

/**
 * Writes a boot override in the way that the system takes, and reads it back; null where the BMC does not say. After an
 * error the state counts, not the answer: iDRACs of the 13th generation say 400 and do it.
 */
export async function setBoot(
  exchange: Exchange,
  system: Fetched,
  override: BootOverride,
  quirks: Quirks,
  signal: AbortSignal,
): Promise<BootOverride | null> {
  const attempts = bootAttempts(override, objectAt(system.resource, 'Boot'), quirks, hasSettings(system));
  let last: unknown = new BmcError('unsupported', 'has no boot override');
  for (const { at, body } of attempts) {
    // Read anew for each: a refused change may have changed the ETag.
    const target = await exchange.find(at === 'system' ? system.path : settingsOf(system), signal);
    if (target === null) continue;
    try {
      await exchange.patch(target, body, signal);
    } catch (error) {
      if (!mayBeDone(error)) throw error;
      const after = await readBack(exchange, target.path, override, signal).catch(() => null);
      if (after !== null && isSameBoot(after, override)) return after;
      if (!(error instanceof BmcError && ['refused', 'unsupported'].includes(error.failure))) throw error;
      last = error;
      // AMI's way to say so, under the names of many vendors.
      const elsewhere =
        error instanceof RedfishError && error.messages.includes('OperationSupportedInFutureStateURI');
      if (elsewhere && !attempts.some((attempt) => attempt.at === 'settings'))
        attempts.push({ at: 'settings', body });
      continue;
    }
    return readBack(exchange, target.path, override, signal);
  }
  throw last;
}

async function readBack(
  exchange: Exchange,
  path: string,
  override: BootOverride,
  signal: AbortSignal,
): Promise<BootOverride | null> {
  const { resource } = await exchange.get(path, signal);
  const boot = objectAt(resource, 'Boot');
  const enabled = textAt(boot, 'BootSourceOverrideEnabled');
  if (enabled === null) return null;
  const read = readBoot(resource, override.firmware);
  if (read !== null) return read;
  const target = bmcText(textAt(boot, 'BootSourceOverrideTarget') ?? 'nothing');
  throw new BmcError('refused', `took the boot override without an error, and still boots from ${target}`);
}

/** The override in force; null where there is none. What waits in the future settings counts where it is written there. */
export async function readBootOverride(
  exchange: Exchange,
  system: Fetched,
  quirks: Quirks,
  signal: AbortSignal,
): Promise<BootOverride | null> {
  const inSystem = readBoot(system.resource, 'bios');
  const settled = inSystem !== null && quirks.bootAt === 'system';
  const waits = settled || !(hasSettings(system) || quirks.bootAt === 'settings');
  const settings = waits ? null : await exchange.find(settingsOf(system), signal);
  const read = (settings === null ? null : readBoot(settings.resource, 'bios')) ?? inSystem;
  return read === null || read.device === 'none' ? null : read;
}

const SETTINGS = ['@Redfish.Settings', 'SettingsObject'] as const;

function hasSettings(system: Fetched): boolean {
  return linkAt(system.resource, ...SETTINGS) !== null;
}

/** The settings resource: what the system shall be after its next start. AMI has it at /SD, named or not. */
function settingsOf(system: Fetched): string {
  return linkAt(system.resource, ...SETTINGS) ?? `${system.path.replace(/\/$/, '')}/SD`;
}
