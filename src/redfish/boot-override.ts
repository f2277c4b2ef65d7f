import { BmcError } from '../domain/power/bmc-error.ts';
import type { BootDevice, BootOverride, Firmware } from '../domain/power/power.ts';
import { bmcText } from './bmc-text.ts';
import type { Quirks } from './quirks.ts';
import { objectAt, type Resource, rowOf, textAt, textsAt } from './resource.ts';

const MODES: Readonly<Record<Firmware, string>> = { bios: 'Legacy', uefi: 'UEFI' };

/** BootSourceOverrideTarget of the schema ComputerSystem, as which device it counts. */
const DEVICES: Readonly<Record<string, BootDevice>> = {
  None: 'none',
  Pxe: 'pxe',
  UefiHttp: 'pxe',
  Hdd: 'disk',
  Cd: 'cdrom',
  UsbCd: 'cdrom',
  BiosSetup: 'bios',
};

/** One way of writing an override: where, and what. */
export interface BootAttempt {
  readonly at: Quirks['bootAt'];
  readonly body: { readonly Boot: Resource };
}

/**
 * The ways of writing an override, in order; the next one is tried where one was refused. Throws `unsupported` where the
 * BMC lists its devices and this is none of them.
 */
export function bootAttempts(
  override: BootOverride,
  boot: Resource,
  quirks: Quirks,
  hasSettings: boolean,
): BootAttempt[] {
  const plain = {
    BootSourceOverrideTarget: targetFor(override, boot, quirks),
    BootSourceOverrideEnabled:
      override.device === 'none' ? 'Disabled' : override.persistent ? 'Continuous' : 'Once',
    ...(override.httpBootUri === undefined ? {} : { HttpBootUri: override.httpBootUri }),
  };
  const mode = MODES[override.firmware];
  const withMode = { ...plain, BootSourceOverrideMode: mode };
  const isRight = textAt(boot, 'BootSourceOverrideMode') === mode;
  const bodies = {
    always: [withMode],
    try: isRight ? [withMode, plain] : [withMode],
    change: isRight ? [plain] : [withMode],
  }[quirks.bootMode];
  const places: BootAttempt['at'][] =
    quirks.bootAt === 'settings' ? ['settings', 'system'] : hasSettings ? ['system', 'settings'] : ['system'];
  return places.flatMap((at) => bodies.map((body) => ({ at, body: { Boot: body } })));
}

function targetFor(override: BootOverride, boot: Resource, quirks: Quirks): string {
  const names: Readonly<Record<BootDevice, readonly string[]>> = {
    none: [quirks.clearTarget],
    pxe: [override.httpBootUri === undefined ? 'Pxe' : 'UefiHttp'],
    disk: ['Hdd'],
    cdrom: quirks.cdTargets,
    bios: ['BiosSetup'],
  };
  const wanted = names[override.device];
  const allowed = textsAt(boot, 'BootSourceOverrideTarget@Redfish.AllowableValues');
  const [first = 'None'] = wanted;
  // "None" is often not listed, and always allowed.
  if (allowed === null || allowed.length === 0 || override.device === 'none') return first;
  const found = wanted.find((name) => allowed.includes(name));
  if (found !== undefined) return found;
  const offered = allowed.slice(0, 20).map(bmcText).join(', ');
  throw new BmcError('unsupported', `cannot boot from ${wanted.join(' or ')} (it offers ${offered})`);
}

/** What a system's `Boot` says. `none`: no override; null: something that we have no word for, or nothing at all. */
export function readBoot(system: Resource, modeUnless: Firmware): BootOverride | null {
  const boot = objectAt(system, 'Boot');
  const enabled = textAt(boot, 'BootSourceOverrideEnabled');
  const target = textAt(boot, 'BootSourceOverrideTarget');
  if (enabled === null) return null;
  const mode = textAt(boot, 'BootSourceOverrideMode');
  // Where the mode is left out there is only one.
  const firmware =
    target === 'UefiHttp' || mode === 'UEFI' ? 'uefi' : mode === 'Legacy' ? 'bios' : modeUnless;
  if (enabled === 'Disabled') return { device: 'none', firmware, persistent: false };
  const device = rowOf(DEVICES, target);
  if (device === undefined) return null;
  const uri = target === 'UefiHttp' ? textAt(boot, 'HttpBootUri') : null;
  const override = { device, firmware, persistent: enabled === 'Continuous' };
  return uri === null ? override : { ...override, httpBootUri: bmcText(uri) };
}

/** Is this what was asked for? How long "no override" lasts makes no difference. */
export function isSameBoot(a: BootOverride, b: BootOverride): boolean {
  if (a.device !== b.device) return false;
  if (a.device === 'none') return true;
  return a.firmware === b.firmware && a.persistent === b.persistent && a.httpBootUri === b.httpBootUri;
}
