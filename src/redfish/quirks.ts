import { type Resource, textAt } from './resource.ts';

/** Where firmware does otherwise than DSP0266 and the schema ComputerSystem say, or leaves a choice that matters. */
export interface Quirks {
  /**
   * BootSourceOverrideMode goes along `always` (left out, some turn to legacy mode), `try` (again without it, where it was
   * refused and is right already), or only to `change` it (it cannot be written, even with the same value).
   */
  readonly bootMode: 'always' | 'try' | 'change';
  /** Where the override is written: the system itself, or its future settings (`/SD`). */
  readonly bootAt: 'system' | 'settings';
  /** BootSourceOverrideTarget beside `Disabled`. */
  readonly clearTarget: 'None' | 'Pxe';
  /** Names of a CD, the first that the BMC allows. */
  readonly cdTargets: readonly string[];
  /** Property that holds what is printed on the machine. */
  readonly serial: 'SerialNumber' | 'SKU';
}

/** What the standard says. */
export const STANDARD: Quirks = {
  bootMode: 'try',
  bootAt: 'system',
  clearTarget: 'None',
  cdTargets: ['Cd'],
  serial: 'SerialNumber',
};

export interface QuirkRow {
  /** Begins `Manufacturer` of the system, or the vendor of the record; without regard to case. */
  readonly vendor: string;
  /** Matches `Model`; null: all of them. */
  readonly model: RegExp | null;
  readonly why: string;
  readonly quirks: Partial<Quirks>;
}

/** Every row that fits counts, later ones over earlier ones. */
export const QUIRK_ROWS: readonly QuirkRow[] = [
  {
    vendor: 'Dell',
    model: null,
    why: 'SerialNumber is that of the board; the service tag is in SKU',
    quirks: { serial: 'SKU' },
  },
  {
    vendor: 'HPE',
    model: null,
    why: 'iLO 4 to 6: BootSourceOverrideMode is read-only, and Disabled with the target None is refused',
    quirks: { bootMode: 'change', clearTarget: 'Pxe' },
  },
  {
    vendor: 'HP',
    model: null,
    why: 'iLO 4 under its old name',
    quirks: { bootMode: 'change', clearTarget: 'Pxe' },
  },
  {
    vendor: 'Supermicro',
    model: null,
    why: 'an override without the mode falls back to legacy mode, and so does taking one away; virtual CDs are UsbCd',
    quirks: { bootMode: 'always', cdTargets: ['UsbCd', 'Cd'] },
  },
  {
    vendor: 'Supermicro',
    model: /^ARS-111GL-NHR$/i,
    why: 'virtual CDs are Cd here',
    quirks: { cdTargets: ['Cd'] },
  },
  {
    vendor: 'AMI',
    model: null,
    why: 'the override is refused at the system: it belongs to /SD, as "OperationSupportedInFutureStateURI" says',
    quirks: { bootAt: 'settings' },
  },
  {
    vendor: 'ASRock',
    model: null,
    why: 'firmware of AMI',
    quirks: { bootAt: 'settings' },
  },
  {
    vendor: 'ASRockRack',
    model: null,
    why: 'firmware of AMI',
    quirks: { bootAt: 'settings' },
  },
];

/** The quirks of a system: by what it says of itself, unless the record says what it is. */
export function quirksOf(
  system: Resource,
  record: { readonly vendor: string | null; readonly model: string | null },
): Quirks {
  const vendor = (record.vendor ?? textAt(system, 'Manufacturer') ?? '').trim().toLowerCase();
  const model = (record.model ?? textAt(system, 'Model') ?? '').trim();
  const rows = QUIRK_ROWS.filter((row) => {
    const name = row.vendor.toLowerCase();
    const isVendor =
      vendor === name || (/^[^a-z]/.test(vendor.slice(name.length)) && vendor.startsWith(name));
    return isVendor && (row.model === null || row.model.test(model));
  });
  return Object.assign({}, STANDARD, ...rows.map((row) => row.quirks));
}
