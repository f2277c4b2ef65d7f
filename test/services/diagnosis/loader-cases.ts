import {
  ACK,
  BIOS,
  DISK,
  IPXE,
  load,
  OFFER,
  offerOf,
  ROM,
  TO_ACK,
  TO_IPXE,
  TO_LOADER,
  TO_SCRIPT,
} from '../../support/diagnosis-case.ts';
import type { CauseCase } from './network-cases.ts';

const refusedFile = (file: string, code: string) =>
  ({
    stage: 'refused',
    outcome: 'warning',
    message: `refused (${code})`,
    data: { file, code, from: '10.99.0.77' },
  }) as const;
const HTTP_OFFER = offerOf({ bootfile: 'http://10.99.0.5/loaders/snponly.efi' });

/** From the address to the initrd: F12, F24 to F40, pains 3, 12. */
export const LOADER_CASES: readonly CauseCase[] = [
  {
    name: 'the loader is not installed',
    seen: [
      ...TO_ACK,
      {
        ...load('snponly.efi', { result: 'not-found' }),
        outcome: 'warning',
        message: 'snponly.efi is not installed',
      },
    ],
    missing: 'loader',
    cause: 'loader-missing',
    says: /not installed/,
    hint: /loaders install/,
  },
  {
    name: 'TFTP is busy',
    seen: [...TO_ACK, { ...load('snponly.efi', { result: 'refused', reason: 'busy' }), outcome: 'warning' }],
    missing: 'loader',
    cause: 'loader-refused',
  },
  {
    name: 'a firewall takes the answers of TFTP',
    seen: [
      ...TO_ACK,
      { ...load('snponly.efi', { result: 'aborted', bytes: 0, total: 200000 }), outcome: 'warning' },
    ],
    missing: 'loader',
    cause: 'tftp-unacknowledged',
    hint: /above 1024/,
  },
  {
    name: 'TFTP broke off (F25, a tunnel)',
    seen: [
      ...TO_ACK,
      { ...load('snponly.efi', { result: 'aborted', bytes: 73400, total: 200000 }), outcome: 'warning' },
    ],
    missing: 'loader',
    cause: 'tftp-broken-off',
    says: /snponly\.efi broke off after 73400 of 200000 bytes/,
  },
  {
    name: 'the subnet names another next-server',
    seen: [ROM, offerOf({ nextServer: '10.99.0.9' }), ...ACK],
    missing: 'loader',
    cause: 'next-server-elsewhere',
    says: /10\.99\.0\.9/,
    hint: /subnet edit lab/,
  },
  {
    name: 'UEFI HTTP boot that never comes (F12)',
    seen: [ROM, HTTP_OFFER, ...ACK],
    missing: 'loader',
    cause: 'loader-not-asked-for-by-http',
    hint: /TCP port 80/,
  },
  {
    name: 'TFTP that is never asked',
    seen: TO_ACK,
    missing: 'loader',
    cause: 'loader-not-asked-for',
    hint: /UDP port 69/,
  },
  {
    name: 'offered nothing to boot, and took the address',
    seen: [
      ROM,
      {
        ...offerOf({ action: 'none', bootfile: null }),
        message: 'no boot file: the record says loader none',
      },
      ...ACK,
    ],
    missing: 'loader',
    cause: 'offer-without-bootfile',
    says: /loader none/,
  },
  {
    name: 'Secure Boot refuses an unsigned loader',
    seen: TO_LOADER,
    missing: 'loader-runs',
    cause: 'secure-boot',
    says: /Secure Boot/,
    hint: /--loader grub/,
  },
  {
    name: 'a BIOS on which the loader hangs (F40)',
    seen: [BIOS, offerOf({ bootfile: 'undionly.kpxe' }), ...ACK, load('undionly.kpxe')],
    missing: 'loader-runs',
    cause: 'loader-hangs',
    hint: /--loader ipxe-native/,
  },
  {
    name: 'shim that finds no GRUB (F32)',
    seen: [
      ROM,
      offerOf({ bootfile: 'x64/shimx64.efi' }),
      ...ACK,
      load('x64/shimx64.efi'),
      {
        ...load('x64/grubx64.efi', { result: 'not-found' }),
        outcome: 'warning',
        message: 'grubx64.efi is not installed',
      },
    ],
    missing: 'loader-runs',
    cause: 'loader-missing',
    says: /grubx64/,
  },
  {
    name: 'GRUB without a network',
    seen: [
      ROM,
      offerOf({ bootfile: 'x64/shimx64.efi' }),
      ...ACK,
      load('x64/shimx64.efi'),
      load('x64/grubx64.efi'),
    ],
    missing: 'boot-script',
    cause: 'script-not-asked-for',
  },
  {
    name: 'the boot listener cannot be reached (LP#1303925)',
    seen: TO_IPXE,
    missing: 'boot-script',
    cause: 'script-not-asked-for',
    hint: /TCP port 80/,
  },
  {
    name: 'spanning tree keeps iPXE without a link (F39)',
    seen: [...TO_LOADER, IPXE, OFFER, IPXE, OFFER],
    missing: 'boot-script',
    cause: 'loader-without-address',
    hint: /portfast/,
  },
  {
    name: 'kernel args that do not render',
    seen: [
      ...TO_IPXE,
      { stage: 'boot-script', outcome: 'error', message: 'could not be made: {{ mirror }} is not set' },
    ],
    missing: 'boot-script',
    cause: 'script-not-made',
    says: /mirror/,
    hint: /explain web001 --show script/,
  },
  {
    name: 'a script for another card’s address',
    seen: [...TO_IPXE, refusedFile('boot-script', 'not-yours')],
    missing: 'boot-script',
    cause: 'script-refused',
  },
  {
    name: 'its attempts are used up',
    seen: [...TO_IPXE, { stage: 'local-boot', message: 'sent to its disk: all 1 attempts are used up' }],
    missing: 'boot-script',
    cause: 'sent-to-its-disk',
    says: /used up/,
    hint: /system install web001/,
  },
  {
    name: 'the kernel is gone from the disk of the server',
    seen: [
      ...TO_SCRIPT,
      {
        stage: 'kernel',
        outcome: 'error',
        message: 'this profile has no kernel, or its file may not be read',
      },
    ],
    missing: 'kernel',
    cause: 'file-unreadable',
    hint: /doctor/,
  },
  {
    name: 'it follows the script of an install that is over (410)',
    seen: [...TO_SCRIPT, refusedFile('kernel', 'over')],
    missing: 'kernel',
    cause: 'file-refused',
    says: /kernel/,
    hint: /restart it/,
  },
  {
    name: 'it asks for the kernel from another address (403)',
    seen: [...TO_SCRIPT, refusedFile('kernel', 'not-yours')],
    missing: 'kernel',
    cause: 'file-refused',
    hint: /another card or NAT/,
  },
  {
    name: 'the kernel is too large for TFTP (F28)',
    seen: [
      ...TO_SCRIPT,
      {
        ...load('i/<token>/kernel', { result: 'not-found' }),
        outcome: 'warning',
        message: 'it is larger than TFTP carries',
      },
    ],
    missing: 'kernel',
    cause: 'file-too-large-for-tftp',
    hint: /maxFileMegabytes/,
  },
  {
    name: 'the kernel broke off',
    seen: [...TO_SCRIPT, { stage: 'kernel', outcome: 'warning', message: 'broken off after 5 of 9 bytes' }],
    missing: 'kernel',
    cause: 'file-broken-off',
    says: /after 5 of 9 bytes/,
  },
  {
    name: 'script but no kernel, again and again',
    seen: [...TO_SCRIPT, { stage: 'boot-script' }, { stage: 'boot-script' }],
    missing: 'kernel',
    cause: 'kernel-not-asked-for',
    says: /3 times/,
    hint: /--show script/,
  },
  {
    name: 'the kernel by TFTP, and no memory for the initrd',
    seen: [...TO_SCRIPT, load('i/<token>/kernel')],
    missing: 'initrd',
    cause: 'initrd-not-asked-for',
  },
  {
    name: 'the initrd broke off',
    seen: [
      ...TO_SCRIPT,
      { stage: 'kernel' },
      { stage: 'initrd', outcome: 'warning', message: 'broken off after 1 of 40' },
      DISK,
    ],
    missing: 'initrd',
    cause: 'file-broken-off',
    says: /the initrd was not fetched to its end/,
  },
];
