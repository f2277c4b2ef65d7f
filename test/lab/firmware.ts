/** Which firmware a machine has, and how it is set up. */
export type Firmware = 'bios' | 'uefi' | 'uefi-http' | 'uefi-secure';

interface FirmwareFiles {
  readonly code: string;
  /** What the flash holds at the first power-on; later ones find what the firmware has left there. */
  readonly vars: string;
}

interface FirmwareSetup {
  readonly flash: FirmwareFiles | null;
  /** `-machine`: graphics=off makes SeaBIOS and iPXE talk on the serial port. */
  readonly machine: string;
  readonly args: readonly string[];
}

const OVMF = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  vars: '/usr/share/OVMF/OVMF_VARS_4M.fd',
};
/** With Microsoft's keys enrolled and Secure Boot on, as boards leave the factory. */
const OVMF_SECURE = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
  vars: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd',
};

const QUIET_Q35 = 'q35,graphics=off';
const without = (what: 'IPv4PXESupport' | 'IPv6PXESupport'): string[] => [
  '-fw_cfg',
  `name=opt/org.tianocore/${what},string=n`,
];

/** The table of firmware. */
const SETUPS: Readonly<Record<Firmware, FirmwareSetup>> = {
  bios: { flash: null, machine: QUIET_Q35, args: [] },
  uefi: { flash: OVMF, machine: QUIET_Q35, args: [] },
  // Without its PXE stacks OVMF goes straight to HTTP boot.
  'uefi-http': {
    flash: OVMF,
    machine: QUIET_Q35,
    args: [...without('IPv4PXESupport'), ...without('IPv6PXESupport')],
  },
  // The flash may only be written from system management mode: else the system could change the keys.
  'uefi-secure': {
    flash: OVMF_SECURE,
    machine: `${QUIET_Q35},smm=on`,
    args: ['-global', 'driver=cfi.pflash01,property=secure,value=on', ...without('IPv6PXESupport')],
  },
};

export function setupOf(firmware: Firmware): FirmwareSetup {
  return SETUPS[firmware];
}

/** Files of the host that these firmwares are made of. */
export function firmwareFiles(firmwares: readonly Firmware[]): string[] {
  const flashes = firmwares.flatMap((firmware) => SETUPS[firmware].flash ?? []);
  return [...new Set(flashes.flatMap(({ code, vars }) => [code, vars]))];
}
