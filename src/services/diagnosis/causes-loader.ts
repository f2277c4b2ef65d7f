import { firmwareType } from '../../domain/boot/arch.ts';
import type { BootEvent } from '../../domain/boot/boot-event.ts';
import { always, type CauseRow, failed, given, lastMessage, some, times } from './cause.ts';
import { type Evidence, isInstallFile, type Load } from './evidence.ts';

const loadsOf = ({ loads }: Evidence, result: Load['result'], isOfInstall = false): Load[] =>
  loads.filter((load) => load.result === result && isInstallFile(load) === isOfInstall);
const eventsOf = (loads: readonly Load[]): readonly BootEvent[] | undefined =>
  some(loads.map(({ event }) => event));
const last = (loads: readonly Load[]): Load | undefined => loads.at(-1);
const bootfileOf = ({ offer }: Evidence): string => String(offer?.data['bootfile'] ?? '');
const isUefi = ({ discovers }: Evidence): boolean =>
  String(discovers.rom.at(-1)?.data['archCodes'] ?? '')
    .split(',')
    .some((code) => code !== '' && firmwareType(Number(code))?.arch !== 'x86-bios');
const refusedFiles = ({ of }: Evidence, ...files: string[]): readonly BootEvent[] | undefined =>
  some(of('refused').filter(({ data }) => files.includes(String(data['file']))));
/** What of it was sent before it ended. */
const cut = ({ bytes, total, name }: Load): string => `${name} broke off after ${bytes} of ${total} bytes`;

/** From the address to the kernel. */
export const LOADER_CAUSES: readonly CauseRow[] = [
  {
    id: 'loader-missing',
    at: ['loader', 'loader-runs'],
    when: (evidence) => eventsOf(loadsOf(evidence, 'not-found')),
    says: (evidence, found) => `a file of its loader is not there: ${lastMessage(evidence, found)}`,
    hint: () =>
      'provision loaders list says what is missing, and provision loaders install gets what packages have',
  },
  {
    id: 'loader-refused',
    at: ['loader'],
    when: (evidence) => eventsOf(loadsOf(evidence, 'refused')),
    says: lastMessage,
    hint: () => 'busy: wait until other machines have theirs; a name that is refused: see provision status',
  },
  {
    id: 'tftp-unacknowledged',
    at: ['loader', 'loader-runs'],
    when: (evidence) => eventsOf(loadsOf(evidence, 'aborted').filter(({ bytes }) => bytes === 0)),
    says: (evidence) =>
      `TFTP was asked for ${last(loadsOf(evidence, 'aborted'))?.name}, and not one block was acknowledged: the answers do not reach the machine`,
    hint: () =>
      'TFTP goes on from another UDP port than 69: a firewall on the way needs a helper for TFTP, or has to let all UDP ports above 1024 through',
  },
  {
    id: 'tftp-broken-off',
    at: ['loader', 'loader-runs'],
    when: (evidence) => eventsOf(loadsOf(evidence, 'aborted')),
    says: (evidence) => {
      const load = last(loadsOf(evidence, 'aborted'));
      return load === undefined ? '' : `TFTP: ${cut(load)}`;
    },
    hint: () =>
      'packets get lost on the way: cable, duplex, the MTU of a tunnel or VLAN; or the firmware gave up. Try another port of the switch, or UEFI HTTP boot',
  },
  {
    id: 'next-server-elsewhere',
    at: ['loader'],
    when: ({ offer, ownAddresses }) => {
      const named = offer?.data['nextServer'];
      return typeof named === 'string' && ownAddresses.length > 0 && !ownAddresses.includes(named) && offer
        ? [offer]
        : undefined;
    },
    says: ({ offer }) =>
      `it was sent to ${offer?.data['nextServer']} for its loader, which is not this server`,
    hint: ({ subnets }) =>
      `if that is not meant: provision subnet edit ${subnets[0]?.name ?? 'NAME'} --next-server none`,
  },
  {
    id: 'loader-not-asked-for-by-http',
    at: ['loader'],
    when: (evidence) => given(bootfileOf(evidence).startsWith('http')),
    says: (evidence) => `it was told to fetch ${bootfileOf(evidence)}, and did not ask for it`,
    hint: ({ httpPort }) =>
      `is TCP port ${httpPort} of this server open to the machine? provision status says whether it listens; some firmware takes HTTP boot only when plain http is allowed in its settings`,
  },
  {
    id: 'loader-not-asked-for',
    at: ['loader'],
    when: always,
    says: (evidence) =>
      `it has an address and did not ask for its loader (${bootfileOf(evidence) || 'by TFTP'})`,
    hint: () =>
      'is UDP port 69 of this server open to the machine, and does TFTP listen (provision status)? Another DHCP server may have named another file; the console of the machine says which one it tries',
  },
  {
    id: 'secure-boot',
    at: ['loader-runs'],
    when: (evidence) => given(isUefi(evidence) && !/shim/.test(bootfileOf(evidence))),
    says: (evidence) =>
      `it fetched ${bootfileOf(evidence)} and that never said a word: Secure Boot refuses what is not signed, or the loader hangs with the driver of this card`,
    hint: ({ system }) =>
      `provision system edit ${system} --loader grub (signed), or switch Secure Boot off; with it off: --loader ipxe-native`,
  },
  {
    id: 'loader-hangs',
    at: ['loader-runs'],
    when: always,
    says: (evidence) =>
      `it fetched ${bootfileOf(evidence) || 'its loader'} and that never said a word: it hangs`,
    hint: ({ system, loader }) =>
      `look at its console; try another: provision system edit ${system} --loader ${loader === 'ipxe' ? 'ipxe-native' : 'ipxe'}`,
  },
  {
    id: 'script-not-made',
    at: ['boot-script'],
    when: ({ of }) => some(failed(of('boot-script'))),
    says: (evidence, found) => `its boot script could not be made: ${lastMessage(evidence, found)}`,
    hint: ({ system }) => `mend that, and look: provision explain ${system} --show script`,
  },
  {
    id: 'script-refused',
    at: ['boot-script'],
    when: (evidence) => refusedFiles(evidence, 'boot-script'),
    says: lastMessage,
    hint: ({ system }) =>
      `boot files go to the machine's own address only: another card, an address of its own, or NAT between? If it is right: provision system edit ${system} --ip ADDRESS`,
  },
  {
    id: 'sent-to-its-disk',
    at: ['boot-script', 'kernel'],
    when: ({ of }) => some(of('local-boot')),
    says: lastMessage,
    hint: ({ system }) => `when that is over, arm it again: provision system install ${system}`,
  },
  {
    id: 'loader-without-address',
    at: ['boot-script'],
    when: ({ discovers: { ipxe } }) => (ipxe.length > 1 ? ipxe.slice(-5) : undefined),
    says: ({ discovers: { ipxe } }) =>
      `iPXE asked for an address ${times(ipxe.length)} and did not go on: its link comes up late, or it drives the card badly`,
    hint: ({ system }) =>
      `portfast (spanning tree) and LACP at its switch port; or let it use its own driver: provision system edit ${system} --loader ipxe-native`,
  },
  {
    id: 'script-not-asked-for',
    at: ['boot-script'],
    when: always,
    says: () => 'its loader runs and did not ask for the boot script',
    hint: ({ httpPort }) =>
      `is TCP port ${httpPort} of this server open to the machine? provision status says whether it listens; the console of the machine shows what the loader tries`,
  },
  {
    id: 'file-unreadable',
    at: ['kernel', 'initrd', 'image'],
    when: ({ of }) => some(of('kernel', 'initrd', 'image').filter(({ outcome }) => outcome === 'error')),
    says: lastMessage,
    hint: ({ system }) =>
      `is the file there, and may the service read it? provision doctor; provision explain ${system}`,
  },
  {
    id: 'file-refused',
    at: ['kernel', 'initrd', 'image'],
    when: (evidence) => refusedFiles(evidence, 'kernel', 'initrd', 'image'),
    says: (_, found) => `it was refused its ${found.at(-1)?.data['file']}: ${found.at(-1)?.message}`,
    hint: (_, found) =>
      found.at(-1)?.data['code'] === 'over'
        ? 'it follows the boot script of an install that is over: restart it'
        : 'it asks from another address than the one it was given: another card or NAT between',
  },
  {
    id: 'file-too-large-for-tftp',
    at: ['kernel', 'initrd'],
    when: (evidence) =>
      eventsOf([...loadsOf(evidence, 'not-found', true), ...loadsOf(evidence, 'refused', true)]),
    says: lastMessage,
    hint: ({ system }) =>
      `raise tftp.maxFileMegabytes, or choose a loader that fetches by HTTP: provision system edit ${system} --loader ipxe`,
  },
  {
    id: 'file-broken-off',
    at: ['kernel', 'initrd', 'image'],
    when: (evidence) =>
      some([
        ...failed(evidence.of('kernel', 'initrd', 'image')),
        ...loadsOf(evidence, 'aborted', true).map(({ event }) => event),
      ]),
    says: (_, found) => `the ${found.at(-1)?.stage} was not fetched to its end: ${found.at(-1)?.message}`,
    hint: () =>
      'it was restarted, has too little memory, or its line breaks: cable, duplex, MTU; the console of the machine says which',
  },
  {
    id: 'kernel-not-asked-for',
    at: ['kernel'],
    when: ({ of }) => some(of('boot-script').slice(-5)),
    says: ({ of }) =>
      `it fetched its boot script ${times(of('boot-script').length)} and never asked for the kernel: it does not get to the URL, or the loader refuses the command`,
    hint: ({ system, httpPort }) =>
      `is TCP port ${httpPort} open from its network? See what it was told: provision explain ${system} --show script`,
  },
  {
    id: 'initrd-not-asked-for',
    at: ['initrd'],
    when: always,
    says: () =>
      'it fetched the kernel and not the initrd: the loader gave up between them, mostly for want of memory',
    hint: () => 'look at its console; a Debian installer wants 1 GB of memory, others up to 4 GB',
  },
];
