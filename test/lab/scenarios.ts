import type { Firmware } from './firmware.ts';
import type { Wire } from './network.ts';

export type ScenarioName = 'bios' | 'uefi' | 'uefi-http' | 'pxelinux' | 'secure-boot' | 'proxy';

/** One way in which a machine comes to its installer. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly what: string;
  readonly firmware: Firmware;
  /** `--loader` of the system; null leaves it to the default. */
  readonly loader: 'grub' | 'pxelinux' | null;
  /** A relay makes the machine's ROM, which is iPXE, look like a plain PXE ROM besides. */
  readonly wire: Wire;
  /** Loaders that have to be installed, and the Debian packages that have them. */
  readonly packages: readonly string[];
  /** Events that prove that the machine came this way and no other. */
  readonly proof: readonly { readonly stage: string; readonly words: RegExp }[];
}

/** The table of scenarios, in the order in which they run. */
const SCENARIOS: readonly Scenario[] = [
  {
    name: 'bios',
    what: "SeaBIOS, iPXE in the network card's ROM -> script",
    firmware: 'bios',
    loader: null,
    wire: 'direct',
    packages: [],
    proof: [{ stage: 'dhcp-offer', words: /boot file http:\/\/10\.99\.0\.1\/boot\/ipxe\// }],
  },
  {
    name: 'uefi',
    what: 'OVMF, PXE -> snponly.efi by TFTP -> script',
    firmware: 'uefi',
    loader: null,
    wire: 'direct',
    packages: [],
    proof: [{ stage: 'tftp', words: /^snponly\.efi: \d+ bytes/ }],
  },
  {
    name: 'uefi-http',
    what: 'OVMF, UEFI HTTP boot -> snponly.efi by HTTP -> script',
    firmware: 'uefi-http',
    loader: null,
    wire: 'direct',
    packages: [],
    proof: [{ stage: 'dhcp-offer', words: /http:\/\/10\.99\.0\.1\/loaders\/snponly\.efi/ }],
  },
  {
    name: 'relay',
    what: 'SeaBIOS, plain PXE behind a router and a DHCP relay -> undionly.kpxe by TFTP',
    firmware: 'bios',
    loader: null,
    wire: 'relay',
    packages: [],
    proof: [{ stage: 'tftp', words: /^undionly\.kpxe: \d+ bytes/ }],
  },
  {
    name: 'proxy',
    what: 'OVMF, PXE; dnsmasq gives the address, provisiond the boot file -> snponly.efi by TFTP -> script',
    firmware: 'uefi',
    loader: null,
    wire: 'beside',
    packages: ['dnsmasq-base'],
    proof: [{ stage: 'tftp', words: /^snponly\.efi: \d+ bytes/ }],
  },
];

export const SCENARIO_NAMES: readonly ScenarioName[] = SCENARIOS.map(({ name }) => name);

export function scenarioOf(name: ScenarioName): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}
