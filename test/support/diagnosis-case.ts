import type { BootEvent } from '../../src/domain/boot/boot-event.ts';
import type { Diagnosis } from '../../src/domain/install/diagnosis.ts';
import type { Install } from '../../src/domain/install/install.ts';
import { diagnose } from '../../src/services/diagnosis/diagnose.ts';
import type { DiagnosisFacts } from '../../src/services/diagnosis/evidence.ts';
import { apiInstall } from './api-records.ts';

const ARMED_MS = Date.parse('2026-11-22T09:00:00.000Z');

/** One thing that was seen: so many seconds after the install was armed. */
export interface Seen {
  readonly stage: BootEvent['stage'];
  readonly at?: number;
  readonly outcome?: BootEvent['outcome'];
  readonly message?: string;
  readonly data?: BootEvent['data'];
  readonly installId?: number | null;
}

export interface DiagnosisCase {
  readonly install?: Partial<Install>;
  readonly facts?: Partial<DiagnosisFacts>;
  readonly seen: readonly Seen[];
  /** Seconds after it was armed; an hour unless said otherwise. */
  readonly now?: number;
}

const FACTS: DiagnosisFacts = {
  system: 'web001',
  loader: 'ipxe',
  hasBmc: false,
  isImage: false,
  subnets: [{ name: 'lab', dhcp: 'authoritative' }],
  otherServers: [],
  strangers: [],
  ownAddresses: ['10.99.0.5'],
  httpPort: 80,
};

/** The diagnosis of what was seen of an install that was armed at 09:00. */
export function diagnoseCase({ install, facts, seen, now = 3600 }: DiagnosisCase): Diagnosis {
  const events = seen.map(
    (one, index): BootEvent => ({
      id: index + 1,
      at: new Date(ARMED_MS + (one.at ?? index + 1) * 1000).toISOString(),
      system: 'web001',
      mac: '52:54:00:12:34:56',
      installId: one.installId === undefined ? 7 : one.installId,
      stage: one.stage,
      outcome: one.outcome ?? 'ok',
      message: one.message ?? one.stage,
      data: one.data ?? {},
    }),
  );
  return diagnose(apiInstall(install), events, { ...FACTS, ...facts }, ARMED_MS + now * 1000);
}

/** What machines do, as the service tells of it. */
export const ROM: Seen = {
  stage: 'dhcp-discover',
  message: 'PXE, x64-uefi, on lan0',
  data: { netboot: true, ipxe: false, http: false, archCodes: '7', relay: null },
};
export const BIOS: Seen = { ...ROM, data: { ...ROM.data, archCodes: '0' } };
export const IPXE: Seen = { ...ROM, message: 'iPXE on lan0', data: { ...ROM.data, ipxe: true } };
/** An operating system that asks for an address. */
export const DISK: Seen = { stage: 'dhcp-discover', data: { netboot: false, ipxe: false, archCodes: '' } };
export const OFFER: Seen = {
  stage: 'dhcp-offer',
  data: { action: 'install', bootfile: 'snponly.efi', nextServer: '10.99.0.5', server: '10.99.0.5' },
};
export const offerOf = (data: BootEvent['data']): Seen => ({ ...OFFER, data: { ...OFFER.data, ...data } });
export const ACK: Seen[] = [{ stage: 'dhcp-request' }, { stage: 'dhcp-ack' }];
export const load = (name: string, data: BootEvent['data'] = {}): Seen => ({
  stage: 'tftp',
  message: name,
  data: { name, result: 'complete', bytes: 1000, total: 1000, ...data },
});
/** Ways of a machine, each up to the stage that it is named after. */
export const TO_ACK: Seen[] = [ROM, OFFER, ...ACK];
export const TO_LOADER: Seen[] = [...TO_ACK, load('snponly.efi')];
export const TO_IPXE: Seen[] = [...TO_LOADER, IPXE, OFFER, ...ACK];
export const TO_SCRIPT: Seen[] = [...TO_IPXE, { stage: 'boot-script' }];
export const TO_INITRD: Seen[] = [...TO_SCRIPT, { stage: 'kernel' }, { stage: 'initrd' }];
export const TO_ANSWER: Seen[] = [...TO_INITRD, { stage: 'answer-file' }];
export const TO_INSTALLER: Seen[] = [...TO_ANSWER, { stage: 'installing' }, { stage: 'partitioning' }];
export const TO_INSTALLED: Seen[] = [...TO_INSTALLER, { stage: 'installed' }];

/** A machine that is being switched on. */
export const POWER_UP = {
  ways: ['uefi-once'],
  at: 0,
  step: 'on',
  since: '2026-11-22T09:00:01.000Z',
  timeoutSeconds: 300,
  deadline: null,
  job: 1,
  isSet: true,
  canSet: true,
  seen: [],
  outcome: null,
} as const;
