import type { BootEvent } from '../../domain/boot/boot-event.ts';
import { always, type CauseRow, failed, lastMessage, some, times } from './cause.ts';
import type { Evidence } from './evidence.ts';

/** DISCOVERs of firmware after the first event of a stage: the machine has begun anew. */
const restartsAfter = (
  { of, after, discovers }: Evidence,
  stage: 'kernel' | 'answer-file',
): readonly BootEvent[] => {
  const later = after(of(stage)[0]);
  return of(stage).length === 0 ? [] : discovers.rom.filter((event) => later.includes(event));
};
/** Operating systems that asked for an address after it: the installer, or the new system. */
const systemsAfter = (
  { of, after, discovers }: Evidence,
  stage: 'kernel' | 'installed',
): readonly BootEvent[] => {
  const later = after(of(stage).at(-1));
  return of(stage).length === 0 ? [] : discovers.disk.filter((event) => later.includes(event));
};
const localBoots = ({ of, after }: Evidence): readonly BootEvent[] =>
  after(of('installed').at(-1)).filter(({ stage }) => stage === 'local-boot');
const console = (system: string): string =>
  `look at its console (provision console ${system}, where it has a BMC)`;

/** From the kernel to being in service. */
export const INSTALLER_CAUSES: readonly CauseRow[] = [
  {
    id: 'answer-file-not-made',
    at: ['answer-file'],
    when: ({ of }) => some(of('answer-file').filter(({ outcome }) => outcome === 'error')),
    says: (evidence, found) => `its answer file could not be made: ${lastMessage(evidence, found)}`,
    hint: ({ system }) =>
      `mend the template or the record, and look: provision explain ${system} --show answer`,
  },
  {
    id: 'answer-file-refused',
    at: ['answer-file', 'installer'],
    when: ({ of }) => some(of('refused').filter(({ data }) => data['file'] === 'answer')),
    says: (_, found) => `the answer file was refused: ${found.at(-1)?.message}`,
    hint: () =>
      'the installer uses another card or address than the firmware: give that card to the record as well (--add-interface), and look at BOOTIF in the kernel args',
  },
  {
    id: 'answer-file-broken-off',
    at: ['answer-file'],
    when: ({ of }) => some(failed(of('answer-file'))),
    says: (_, found) => `the answer file was not fetched to its end: ${found.at(-1)?.message}`,
    hint: () => 'its line breaks: cable, duplex, MTU',
  },
  {
    id: 'starts-over',
    at: ['answer-file'],
    when: (evidence) => some(restartsAfter(evidence, 'kernel')),
    says: (evidence) =>
      `it loaded the installer and began to boot anew (${times(restartsAfter(evidence, 'kernel').length)}): the kernel does not start, or ends at once`,
    hint: ({ system }) =>
      `${console(system)}: too little memory, a kernel for another architecture, or kernel args that it does not take (provision explain ${system} --show kernel)`,
  },
  {
    id: 'installer-has-network',
    at: ['answer-file'],
    when: (evidence) => some(systemsAfter(evidence, 'kernel')),
    says: () =>
      'the installer has started and asked for an address, and does not fetch its answer file: the kernel args do not name it, or it does not get to the URL',
    hint: ({ system, httpPort }) =>
      `provision explain ${system} --show kernel; is TCP port ${httpPort} of this server open to the address that it was given?`,
  },
  {
    id: 'no-driver',
    at: ['answer-file'],
    when: always,
    says: () =>
      'kernel and initrd were fetched, and nothing was heard since: the installer has no driver for the card, or uses another one',
    hint: ({ system }) =>
      `${console(system)}; firmware for the card (non-free) may have to be in the initrd, BOOTIF in the kernel args names the card that booted, console=ttyS0 shows what it says`,
  },
  {
    id: 'image-not-fetched',
    at: ['image'],
    when: always,
    says: () => 'the deploy agent has its script and did not fetch the image',
    hint: ({ system }) => `${console(system)}: no disk was found, or the image is too large for it`,
  },
  {
    id: 'no-disk',
    at: ['installer', 'installed'],
    // Not of our own words: 'it is sent to its disk'.
    when: ({ of, install }) =>
      install.failure !== 'reported'
        ? undefined
        : some(of('failed').filter(({ message }) => /\bdis[ck]s?\b|partition|no root file/i.test(message))),
    says: (evidence, found) => `the installer gave up at the disks: ${lastMessage(evidence, found)}`,
    hint: ({ system }) =>
      `does it have a disk that the installer sees (RAID controller, its driver), and is it the one that the record names? provision system show ${system}, provision system log ${system}`,
  },
  {
    id: 'installer-failed',
    at: ['installer', 'installed', 'image'],
    when: ({ of, install }) => (install.failure === 'reported' ? some(of('failed')) : undefined),
    says: (evidence, found) => `the installer gave up: ${lastMessage(evidence, found)}`,
    hint: ({ system }) => `read its log: provision system log ${system}; mend it and arm again`,
  },
  {
    id: 'netbooted-again',
    at: ['installer', 'installed'],
    // A network card with iPXE in its ROM asks as iPXE at once; the state knows.
    when: (evidence) =>
      some(restartsAfter(evidence, 'answer-file')) ??
      (evidence.install.failure === 'netbooted' ? evidence.of('state').slice(-1) : undefined),
    says: () =>
      'it began to boot from the network again without having reported the end: the installer was interrupted, or its last report was lost',
    hint: ({ system }) =>
      `if the new system runs, its first boot settles it; if not: ${console(system)}, provision system log ${system}, and a proxy that the installer was told of must not take reports to this server`,
  },
  {
    id: 'waits-at-a-question',
    at: ['installer'],
    when: always,
    says: () =>
      'the answer file was fetched and the installer says nothing: it stands at a question that the answer file does not answer, or has no hook that reports',
    hint: ({ system }) => `${console(system)}; the shipped kickstarts/ report every step`,
  },
  {
    id: 'stuck-in-installer',
    at: ['installed'],
    when: ({ of }) => some(of('installing', 'partitioning', 'progress').slice(-1)),
    says: (_, found) =>
      `the last thing that the installer reported was '${found.at(-1)?.stage}': ${found.at(-1)?.message}`,
    hint: ({ system }) =>
      `it waits for a mirror, stands at a question, or still works: ${console(system)}, provision system log ${system}`,
  },
  {
    id: 'disk-does-not-boot',
    at: ['first-boot'],
    when: (evidence) => (localBoots(evidence).length > 1 ? localBoots(evidence) : undefined),
    says: (evidence) =>
      `it was sent to its disk ${times(localBoots(evidence).length)} and comes back to the network: the disk does not start`,
    hint: ({ system }) =>
      `another way to the disk: provision system edit ${system} --local-boot grub (or exit, sanboot, next); was the boot loader installed for this firmware (UEFI or BIOS)?`,
  },
  {
    id: 'first-boot-unheard',
    at: ['first-boot'],
    when: (evidence) => some(systemsAfter(evidence, 'installed')),
    says: () =>
      'the new system has started and asked for an address, and its report of the first boot never came',
    hint: ({ system }) =>
      `look in it: journalctl -u provision-first-boot; a proxy in its environment, a firewall, or an answer file without the snippet that reports. It is in use, and needs no reinstall; provision system show ${system}`,
  },
  {
    id: 'sent-to-disk-and-silent',
    at: ['first-boot'],
    when: (evidence) => some(localBoots(evidence)),
    says: () =>
      'it was sent to its disk and is silent since: the disk does not start, or the new system has no network',
    hint: ({ system }) =>
      `${console(system)}; a wrong gateway or card name in the answer file is the usual reason when it stands at its login`,
  },
  {
    id: 'not-restarted',
    at: ['first-boot'],
    when: always,
    says: () => 'the installer reported its end, and nothing was heard since: it did not restart, or is off',
    hint: ({ system, hasBmc }) =>
      hasBmc ? `provision power status ${system}; ${console(system)}` : 'look at its console, and restart it',
  },
  {
    id: 'hand-off-failed',
    at: ['ssh', 'hand-off'],
    when: ({ of, install }) => (install.failure === 'handoff' ? of('ssh', 'handoff').slice(-1) : undefined),
    says: ({ install }) => install.reason ?? 'the hand-off failed',
    hint: ({ system, install }) =>
      install.hint ?? `mend it, then without a reinstall: provision handoff retry ${system}`,
  },
  {
    id: 'ssh-silent',
    at: ['ssh'],
    when: always,
    says: () =>
      'the new system has reported its first boot, and its SSH does not answer yet with the key that it reported',
    hint: ({ system }) => `${console(system)}: does sshd run, and is TCP port 22 open from this server?`,
  },
  {
    id: 'hand-off-at-work',
    at: ['hand-off'],
    when: always,
    says: ({ install }) => `the hand-off '${install.handoff}' has not ended yet`,
    hint: ({ system }) => `follow it: provision handoff log ${system}`,
  },
];
