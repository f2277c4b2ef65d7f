/** A test, by its file and the beginning of its title as it stands there. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** One row of the list of PXE clients, and what proves that the server does what it says. */
export interface PxeRow {
  readonly row: string;
  readonly about: string;
  /** Packets of test/fixtures/dhcp, whose expected fields stand in the tests. */
  readonly fixtures?: readonly string[];
  readonly tests: readonly NamedTest[];
  /** What of it no server can be tested for. */
  readonly notOurs?: string;
}

const at = (file: string) => (title: string) => ({ file, title });
const answers = at('test/services/dhcp/pxe-clients.test.ts');
const decisions = at('test/dhcp/pxe-clients.test.ts');
const proxy = at('test/dhcp/proxy.test.ts');
const proxyOnTheWire = at('test/interop/proxy-dhcp.test.ts');
const tftp = at('test/server/tftp/pxe-clients.test.ts');
const scripts = at('test/boot/pxe-clients.test.ts');
const names = at('test/boot/boot-names.test.ts');
const bootFiles = at('test/server/http/boot-files.test.ts');
const targets = at('test/services/boot/boot-target.test.ts');
const given = targets('rows of the list of PXE clients: what each firmware is given');
const nothing = targets('firmware that there is nothing for');
/** The table of that file has one line a row and client. */
const armed = [answers('an armed machine is offered its address, and to boot')];

/** All rows, in order: test/support/pxe-rows.test.ts proves that none is missing, and no fixture or test. */
export const PXE_ROWS: readonly PxeRow[] = [
  { row: 'F1', about: 'legacy BIOS', fixtures: ['f01-bios-rom-discover'], tests: armed },
  {
    row: 'F2',
    about: 'UEFI x64, arch 7',
    fixtures: ['f02-ovmf-pxe-discover', 'f02-ovmf-pxe-request'],
    tests: armed,
  },
  { row: 'F3', about: 'UEFI x64, arch 9', fixtures: ['f03-uefi-x64-arch-9-discover'], tests: armed },
  {
    row: 'F4',
    about: 'UEFI ia32, and firmware that there is nothing for',
    fixtures: ['f04-uefi-ia32-discover', 'f04-uefi-ia32-http-discover', 'f04-uefi-riscv64-discover'],
    tests: [...armed, given, nothing],
  },
  {
    row: 'F5',
    about: 'UEFI arm64, and the arm32 that there is nothing for',
    fixtures: ['f05-uefi-arm64-discover', 'f05-uefi-arm32-discover', 'f05-uefi-arm32-http-discover'],
    tests: [...armed, nothing],
  },
  {
    row: 'F6',
    about: 'a Raspberry Pi says that it is a BIOS',
    fixtures: ['f06-raspberry-pi-rom-discover'],
    tests: [...armed, answers('F6: the timeline says what would help the Raspberry Pi')],
  },
  { row: 'F7', about: 'a list of archs', fixtures: ['f07-arch-list-discover'], tests: armed },
  {
    row: 'F8',
    about: 'no option 93',
    fixtures: ['f08-no-arch-option-discover', 'f08-no-arch-at-all-discover'],
    tests: [...armed, given, nothing],
  },
  {
    row: 'F9',
    about: 'iPXE',
    fixtures: [
      'f01-f09-ipxe-bios-virtio-discover',
      'f01-f09-ipxe-bios-virtio-request',
      'f09-ipxe-bios-e1000-discover',
      'f09-ipxe-efi-discover',
      'f09-ipxe-efi-request',
      'f09-ipxe-only-option-175-discover',
    ],
    tests: [...armed, at('test/boot/bootfile.test.ts')('F9: iPXE gets its script')],
  },
  {
    row: 'F10',
    about: 'branded iPXE',
    fixtures: ['f10-xnba-discover', 'f10-gpxe-discover'],
    tests: armed,
  },
  {
    row: 'F11',
    about: 'option 77 in either encoding',
    fixtures: ['f11-user-class-plain-discover', 'f11-user-class-rfc3004-discover'],
    tests: armed,
  },
  {
    row: 'F12',
    about: 'UEFI HTTP boot',
    fixtures: [
      'f12-ovmf-http-discover',
      'f12-ovmf-http-request',
      'f12-arm64-http-discover',
      'f12-x64-http-arch-17-discover',
      'f12-bios-http-discover',
    ],
    tests: [...armed, given, decisions('F12: HTTP boot gets option 60 HTTPClient and a URL')],
  },
  {
    row: 'F13',
    about: 'addresses in every URL',
    fixtures: ['f12-ovmf-http-discover'],
    tests: [...armed, scripts('F13: name the server by its address')],
  },
  {
    row: 'F14',
    about: 'no option 97',
    fixtures: ['f14-no-machine-uuid-discover'],
    tests: [...armed, decisions('F14: 97 goes back if it came')],
  },
  {
    row: 'F15',
    about: 'relayed packets',
    fixtures: ['f15-f16-relayed-discover', 'f15-link-selection-discover'],
    tests: [answers('F15, F16, F17: by a relay'), decisions('F15: a relayed client gets an address')],
  },
  {
    row: 'F16',
    about: 'option 82 goes back',
    fixtures: ['f15-f16-relayed-discover', 'f16-init-reboot-relayed-request'],
    tests: [decisions('F16, F17: option 82 goes back'), answers('F15, F16, F17: by a relay')],
  },
  {
    row: 'F17',
    about: 'option 82 is the last',
    fixtures: ['f17-relay-cut-after-82-discover'],
    tests: [decisions('F16, F17: option 82 goes back'), answers('F15, F16, F17: by a relay')],
  },
  {
    row: 'F18',
    about: 'siaddr and file, not only 66 and 67',
    fixtures: ['f01-bios-rom-discover'],
    tests: [...armed, decisions('F18, F20: siaddr and file')],
  },
  {
    row: 'F19',
    about: 'option 67 as a C string',
    fixtures: ['f01-bios-rom-discover'],
    tests: [decisions('F19: option 67 of a ROM ends in NUL'), tftp('F19: a name with the option after it')],
  },
  {
    row: 'F20',
    about: 'forward slashes, no option overload',
    fixtures: ['overload-both-discover'],
    tests: [
      decisions('F20: the header fields are never used for options'),
      at('test/boot/loaders.test.ts')('F20: has short names with forward slashes'),
    ],
  },
  {
    row: 'F21',
    about: 'offers split between two servers',
    fixtures: ['f01-bios-rom-discover', 'f02-ovmf-pxe-discover'],
    tests: [proxy('F21, F23: %s is offered a file'), proxyOnTheWire('F21: offers the file')],
    notOurs: 'firmware that ignores such offers needs a subnet that is authoritative: see docs/operations.md',
  },
  {
    row: 'F22',
    about: 'port 4011',
    fixtures: ['f02-ovmf-pxe-request'],
    tests: [
      proxy('F22: answers a REQUEST that names another server'),
      proxy('F22: the answer goes to the address and port that asked'),
      proxyOnTheWire('F22: answers on 4011'),
    ],
  },
  {
    row: 'F23',
    about: 'no menu in option 43',
    fixtures: ['f01-bios-rom-discover'],
    tests: [...armed, proxy('F21, F23: %s is offered a file')],
  },
  { row: 'F24', about: 'TFTP size probe', tests: [tftp('F24: the size is asked for, then the file')] },
  { row: 'F25', about: 'block sizes over the MTU', tests: [tftp('F25: block sizes over the MTU')] },
  {
    row: 'F26',
    about: 'no blksize',
    tests: [tftp('F26: shim asks without options')],
    notOurs: 'how slow 512 bytes a round trip are',
  },
  { row: 'F27', about: 'windowsize', tests: [tftp('F27: a window of four, as EDK2 proposes')] },
  {
    row: 'F28',
    about: 'the block counter wraps; large files',
    tests: [
      tftp('F28: more than 32 MB is refused'),
      at('test/tftp/transfer-reports.test.ts')('block 65535 is followed by block 0'),
    ],
  },
  {
    row: 'F29',
    about: 'autoexec.ipxe',
    tests: [names("'autoexec.ipxe', way('ipxe')"), bootFiles('F37: %s obeys the gate')],
  },
  {
    row: 'F30',
    about: 'InfiniBand',
    fixtures: ['f30-infiniband-discover', 'f30-infiniband-no-client-id-discover'],
    tests: [
      decisions('F30: InfiniBand is answered by broadcast'),
      answers('F30: InfiniBand is known by its client id'),
    ],
  },
  {
    row: 'F31',
    about: 'another client id in the installed system',
    fixtures: ['f31-client-id-duid-discover'],
    tests: [...armed, decisions('F31: a new client id does not change the address')],
  },
  {
    row: 'F32',
    about: 'garbled names of second stages',
    tests: [
      tftp('F32: a garbled second-stage name is not found at once'),
      bootFiles('F32: GRUB for a garbled name of it'),
    ],
  },
  { row: 'F33', about: 'absolute paths in grub.cfg', tests: [scripts('F33: of GRUB name the server')] },
  {
    row: 'F34',
    about: 'local boot on UEFI',
    tests: [scripts('F34: of a machine that boots its disk')],
    notOurs: 'what a Dell or Lenovo does then; the lab shows what OVMF does',
  },
  {
    row: 'F35',
    about: 'local boot where the disk is not connected',
    tests: [scripts('F35: have another way to the disk')],
    notOurs: 'which way works on which model',
  },
  {
    row: 'F36',
    about: 'a machine that must not boot from us',
    fixtures: ['f01-bios-rom-discover', 'f03-uefi-x64-arch-9-discover'],
    tests: [
      answers('F36: gets an address and nothing about booting'),
      decisions('F36: %s of a machine that must not boot'),
      scripts('F36: of pxelinux have a way'),
    ],
  },
  { row: 'F37', about: 'every way in obeys the gate', tests: [bootFiles('F37: %s obeys the gate')] },
  {
    row: 'F38',
    about: 'the NIC that boots',
    tests: [bootFiles('F38: BOOTIF names the NIC that boots'), scripts('F38: name the NIC that boots')],
  },
  {
    row: 'F39',
    about: 'a link that bounces',
    tests: [scripts('F39: ask again without end')],
    notOurs: 'how long a switch takes',
  },
  {
    row: 'F40',
    about: 'a loader for each model',
    tests: [at('test/boot/bootfile.test.ts')('F40: drivers of its own')],
    notOurs: 'which driver is fast on which NIC',
  },
  {
    row: 'F41',
    about: 'no probe in the way of an offer',
    fixtures: ['f02-ovmf-pxe-discover'],
    tests: [answers('F41: without waiting for anything')],
  },
  {
    row: 'F42',
    about: 'known machines boot their disk, unknown ones nothing',
    fixtures: ['f01-bios-rom-discover'],
    tests: [
      answers('F36, F42: is otherwise sent a loader'),
      answers('F42: gets no boot answer at all'),
      proxyOnTheWire('F42: says nothing to a machine without a record'),
    ],
  },
];
