import { SEALING } from '../../domain/access/sealing.ts';
import type { Settings, SettingsInput } from '../../domain/records/settings.ts';
import type { SecretBox } from '../deps.ts';

/** The write-only settings in the clear; lives only between opening and rendering. */
export interface SecretSettings {
  readonly rootPasswordHash?: string;
}

/**
 * Parts what may be shown from what may only be written. `kept` is what was sealed before: an edit that does not
 * name a secret keeps it, one that says null takes it away.
 */
export function sealSettings(
  input: SettingsInput,
  kept: string | null,
  box: SecretBox,
): { settings: Settings; sealedSecrets: string | null } {
  const { rootPasswordHash, ...settings } = input;
  if (rootPasswordHash === undefined) return { settings, sealedSecrets: kept };
  if (rootPasswordHash === null) return { settings, sealedSecrets: null };
  const secrets: SecretSettings = { rootPasswordHash };
  return { settings, sealedSecrets: box.seal(JSON.stringify(secrets), SEALING.settings) };
}

/** Opens what sealSettings sealed. */
export function openSettings(sealed: string | null, box: SecretBox): SecretSettings {
  return sealed === null ? {} : (JSON.parse(box.open(sealed, SEALING.settings)) as SecretSettings);
}

/** Where the write-only settings stand in a record. */
export const SETTINGS_SECRETS = ['settings.rootPasswordHash'] as const;

/** The write-only settings in the clear, by their paths in a record. */
export function settingsSecrets(sealed: string | null, box: SecretBox): Record<string, string> {
  const { rootPasswordHash } = openSettings(sealed, box);
  return rootPasswordHash === undefined ? {} : { [SETTINGS_SECRETS[0]]: rootPasswordHash };
}
