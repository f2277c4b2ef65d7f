import type { Firmware } from './firmware.ts';
import type { Wire } from './network.ts';

/** Ways in which a machine comes to its installer. */
type ChainName = 'bios' | 'uefi' | 'uefi-http' | 'undionly' | 'pxelinux' | 'secure-boot' | 'proxy' | 'ipmi';

/** What goes wrong on purpose on the way from the first of them. */
export type FaultName =
  | 'lost-callback'
  | 'stuck'
  | 'no-first-boot'
  | 'broken-answer'
  | 'no-disk'
  | 'stranger'
  | 'killed';

export type ScenarioName = ChainName | FaultName;

/** One machine, how it comes to its installer, and what goes wrong. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly what: string;
  readonly firmware: Firmware;
  /** `--loader` of the system; null leaves it to the default. */
  readonly loader: 'grub' | 'pxelinux' | null;
  readonly wire: Wire;
  /**
   * With a relay, which can make the machine's ROM look like a plain PXE ROM instead of the iPXE that it is: for its
   * first address only, so that an iPXE that it loads is seen as one, or always.
   */
  readonly plainRom?: 'first' | 'always';
  /** Loaders that are installed by `provision loaders install`, out of the packages of the table of loaders. */
  readonly loaders: readonly string[];
  /** What proves that the machine came this way and no other: events, and words on its console. */
  readonly proof: readonly { readonly stage: string; readonly words: RegExp }[];
  readonly console?: string;
  /** The machine boots from its disk and is switched by its BMC only, which says when it boots from the network. */
  readonly bmc?: true;
  readonly fault?: FaultName;
}

/** The tables of scenarios, in the order in which they run. */
const CHAINS: readonly (Scenario & { readonly name: ChainName })[] = [
  {
    name: 'bios',
    what: "SeaBIOS, iPXE in the network card's ROM -> script",
    firmware: 'bios',
    loader: null,
    wire: 'direct',
    loaders: [],
    proof: [{ stage: 'dhcp-offer', words: /boot file http:\/\/10\.99\.0\.1\/boot\/ipxe\// }],
  },
  {
    name: 'uefi',
    what: 'OVMF, PXE -> snponly.efi by TFTP -> script',
    firmware: 'uefi',
    loader: null,
    wire: 'direct',
    loaders: [],
    proof: [{ stage: 'tftp', words: /^snponly\.efi: \d+ bytes/ }],
  },
  {
    name: 'uefi-http',
    what: 'OVMF, UEFI HTTP boot -> snponly.efi by HTTP -> script',
    firmware: 'uefi-http',
    loader: null,
    wire: 'direct',
    loaders: [],
    proof: [{ stage: 'dhcp-offer', words: /http:\/\/10\.99\.0\.1\/loaders\/snponly\.efi/ }],
  },
  {
    name: 'undionly',
    what: 'SeaBIOS, plain PXE behind a router and a DHCP relay -> undionly.kpxe by TFTP -> script',
    firmware: 'bios',
    loader: null,
    wire: 'relay',
    plainRom: 'first',
    loaders: [],
    proof: [{ stage: 'tftp', words: /^undionly\.kpxe: \d+ bytes/ }],
  },
  {
    name: 'pxelinux',
    what: 'SeaBIOS, plain PXE behind a relay -> lpxelinux.0 and its config by TFTP -> kernel by HTTP',
    firmware: 'bios',
    loader: 'pxelinux',
    wire: 'relay',
    plainRom: 'always',
    loaders: ['lpxelinux.0', 'ldlinux.c32', 'reboot.c32', 'libcom32.c32'],
    proof: [
      { stage: 'tftp', words: /^lpxelinux\.0: \d+ bytes/ },
      { stage: 'tftp', words: /^ldlinux\.c32: \d+ bytes/ },
    ],
  },
  {
    name: 'secure-boot',
    what: 'OVMF with Secure Boot on, PXE -> shim -> signed GRUB -> grub.cfg -> signed kernel',
    firmware: 'uefi-secure',
    loader: 'grub',
    wire: 'direct',
    loaders: ['x64/shimx64.efi', 'x64/grubx64.efi'],
    proof: [
      { stage: 'tftp', words: /^x64\/shimx64\.efi: \d+ bytes/ },
      { stage: 'tftp', words: /^x64\/grubx64\.efi: \d+ bytes/ },
    ],
    // the kernel's own word: the firmware has verified what it was started by
    console: 'secure boot: Secure boot enabled',
  },
  {
    name: 'proxy',
    what: 'OVMF, PXE; dnsmasq gives the address, provisiond the boot file -> snponly.efi by TFTP -> script',
    firmware: 'uefi',
    loader: null,
    wire: 'beside',
    loaders: [],
    proof: [{ stage: 'tftp', words: /^snponly\.efi: \d+ bytes/ }],
  },
  {
    name: 'ipmi',
    what: 'SeaBIOS, disk first; its BMC switches it on and lets it boot from the network once',
    firmware: 'bios',
    loader: null,
    wire: 'direct',
    loaders: [],
    proof: [
      { stage: 'power', words: /^boot device set, way 1 of 3: PXE once, without the UEFI flag/ },
      { stage: 'power', words: /^boots from the network: PXE once/ },
    ],
    bmc: true,
  },
];

/** What goes wrong; all of them by the chain `bios`. */
const FAULTS: Readonly<Record<FaultName, Pick<Scenario, 'what' | 'bmc'>>> = {
  'lost-callback': { what: 'the installer restarts the machine without having reported its end' },
  stuck: { what: 'the installer never comes to an end' },
  'no-first-boot': { what: 'the installed system never reports its first boot' },
  'broken-answer': { what: 'the answer file is broken after the machine was armed' },
  'no-disk': { what: 'the machine has no disk' },
  stranger: { what: 'the machine that is switched on has another MAC address than on record', bmc: true },
  killed: { what: 'the server is killed at every state, and started again' },
};

export const CHAIN_NAMES: readonly ScenarioName[] = CHAINS.map(({ name }) => name);
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
export const SCENARIO_NAMES: readonly ScenarioName[] = [...CHAIN_NAMES, ...FAULT_NAMES];

export function scenarioOf(name: ScenarioName): Scenario {
  const fault = FAULT_NAMES.find((known) => known === name);
  const chain = CHAINS.find((scenario) => scenario.name === (fault === undefined ? name : 'bios'));
  if (chain === undefined) throw new Error(`there is no scenario ${name}`);
  if (fault === undefined) return chain;
  const { what, ...more } = FAULTS[fault];
  return { ...chain, ...more, name, fault, what };
}
