/** What installers do one after the other, by one name each, whatever they call it themselves. */
export const INSTALLER_STEPS = [
  'preparing',
  'partitioning',
  'image',
  'base-system',
  'packages',
  'boot-loader',
  'settings',
  'finishing',
] as const;
export type InstallerStep = (typeof INSTALLER_STEPS)[number];

/** How far an installer is. */
export interface InstallerProgress {
  readonly step: InstallerStep;
  /** 0–100 of the whole install, where the installer says so; else null. */
  readonly percent: number | null;
}

/** What a machine reports as progress: `packages`, or `packages 40%`; undefined for anything else. */
export function parseProgress(text: string): InstallerProgress | undefined {
  const [, name, digits] = /^([a-z-]{1,40})(?: (\d{1,3})%)?$/.exec(text.trim()) ?? [];
  const step = INSTALLER_STEPS.find((candidate) => candidate === name);
  const percent = digits === undefined ? null : Number(digits);
  if (step === undefined || (percent !== null && percent > 100)) return undefined;
  return { step, percent };
}

/** What goes on: each is reported when it begins. */
const WORDS: Readonly<Record<InstallerStep, string>> = {
  preparing: 'the installer prepares itself',
  partitioning: 'the disk is being partitioned',
  image: 'the image is being written to the disk',
  'base-system': 'the base system is being installed',
  packages: 'packages are being installed',
  'boot-loader': 'the boot loader is being installed',
  settings: 'the new system is being configured',
  finishing: 'the installer is finishing',
};

/** One sentence for the timeline. */
export function describeProgress({ step, percent }: InstallerProgress): string {
  return percent === null ? WORDS[step] : `${WORDS[step]} (${percent} %)`;
}
