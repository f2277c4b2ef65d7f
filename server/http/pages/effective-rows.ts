import type { ChosenFirmware } from '../../../src/domain/boot/chosen-firmware.ts';
import type { Effective } from '../../../src/domain/records/effective.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { labelOf } from './form/system-fields.ts';
import { timeText } from './text.ts';

export interface ValueRow {
  readonly name: string;
  /** One a line, where there may be several; none: it is said to be empty. */
  readonly values: readonly string[];
  readonly from: string;
}

/** What the machine really gets, and the record that says so. */
export function effectiveRows(
  { effective: boot }: System,
  { settings, sources, kernelArgs }: Effective,
): ValueRow[] {
  const chosen = (['loader', 'localBoot', 'handoff'] as const).map((key) => ({
    name: labelOf(key),
    values: [String(boot[key].value)],
    from: boot[key].from,
  }));
  const args = { name: labelOf('kernelArgs'), values: kernelArgs, from: 'distro, profile, system' };
  return [
    ...chosen,
    firmwareRow(boot.firmware),
    ...(kernelArgs.length === 0 ? [] : [args]),
    ...Object.entries(settings).map(([key, value]) => ({
      name: labelOf(`settings.${key}`),
      values: settingTexts(value),
      from: sources[key] ?? 'default',
    })),
  ];
}

function firmwareRow({ value, from, heard }: ChosenFirmware): ValueRow {
  const own: Readonly<Record<ChosenFirmware['from'], string>> = {
    system: heard === null || heard.firmware === value ? 'system' : `system; heard: ${heard.firmware}`,
    heard: `heard since ${timeText(heard?.at ?? '')}`,
    loader: 'its loader; not heard yet',
    default: 'default; not heard yet',
  };
  return { name: 'Firmware', values: [value], from: own[from] };
}

function settingTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item) => shortKey(String(item)));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([name, text]) => `${name}=${String(text)}`);
  return [String(value)];
}

/** A public key by its kind and comment: nobody reads the rest. */
function shortKey(text: string): string {
  const [kind = '', key = '', ...comment] = text.split(' ');
  return key.length > 40 ? `${kind} …${key.slice(-8)} ${comment.join(' ')}`.trim() : text;
}
