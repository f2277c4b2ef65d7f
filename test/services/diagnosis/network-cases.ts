import type { MissingStage } from '../../../src/domain/install/diagnosis.ts';
import {
  ACK,
  BIOS,
  DISK,
  type DiagnosisCase,
  IPXE,
  OFFER,
  offerOf,
  POWER_UP,
  ROM,
} from '../../support/diagnosis-case.ts';

/** What was seen in the field, and what is to be made of it. */
export interface CauseCase extends DiagnosisCase {
  readonly name: string;
  readonly missing: MissingStage['name'];
  readonly cause: string;
  readonly says?: RegExp;
  readonly hint?: RegExp;
}

const BY_RELAY = { ...ROM, data: { ...ROM.data, relay: '10.20.0.254' } };
const ON = { stage: 'power', data: { step: 'watch' }, message: 'switched on' } as const;
const stranger = {
  mac: '52:54:00:99:99:99',
  firmware: 'x64-uefi (7)',
  count: 4,
  firstSeenAt: '2026-11-22T09:01:00.000Z',
  lastSeenAt: '2026-11-22T09:05:00.000Z',
};
const refused = (code: string) =>
  ({ stage: 'refused', outcome: 'warning', message: `because of ${code}`, data: { code } }) as const;

/** From the power to an address: pains 12, 19, 38; F1 to F22, F36, F39. */
export const NETWORK_CASES: readonly CauseCase[] = [
  {
    name: 'somebody has cancelled it',
    install: { state: 'cancelled', reason: 'cancelled by ada' },
    seen: [ROM, OFFER, { stage: 'cancelled', outcome: 'warning' }],
    missing: 'ack',
    cause: 'cancelled',
    says: /by ada/,
  },
  {
    name: 'a machine of a bulk install before its turn',
    install: { state: 'queued', position: 3 },
    seen: [],
    missing: 'discover',
    cause: 'queued',
    says: /place 3/,
  },
  {
    name: 'its BMC is still asked',
    install: { powerUp: POWER_UP },
    seen: [{ stage: 'power', message: 'switched off', data: { step: 'boot-device' } }],
    missing: 'power-on',
    cause: 'bmc-at-work',
    says: /step 'on'/,
  },
  {
    name: 'its BMC refused',
    install: {
      powerUp: { ...POWER_UP, step: 'done', outcome: 'bmc-failed' },
      state: 'failed',
      failure: 'power',
    },
    seen: [{ stage: 'failed', outcome: 'error' }],
    missing: 'power-on',
    cause: 'power-failed',
    says: /did not do what it was asked/,
  },
  {
    name: 'switched on, and the firmware went to the disk (row 19)',
    install: {
      powerUp: { ...POWER_UP, step: 'done', outcome: 'booted-disk' },
      state: 'failed',
      failure: 'power',
    },
    seen: [ON, DISK],
    missing: 'discover',
    cause: 'power-failed',
    hint: /boot from the network at all/,
  },
  {
    name: 'switched on, and nothing heard',
    install: { powerUp: { ...POWER_UP, step: 'watch' } },
    seen: [ON],
    missing: 'discover',
    cause: 'nothing-heard',
    hint: /cable and the VLAN/,
  },
  {
    name: 'without a BMC, nobody has switched it on',
    seen: [{ stage: 'armed' }],
    missing: 'discover',
    cause: 'not-switched-on',
    hint: /by hand/,
  },
  {
    name: 'another MAC asked on the same subnet meanwhile',
    facts: { strangers: [stranger] },
    seen: [],
    missing: 'discover',
    cause: 'wrong-mac',
    says: /52:54:00:99:99:99 \(x64-uefi \(7\)\)/,
    hint: /provision system edit web001 --mac 52:54:00:99:99:99/,
  },
  {
    name: 'that MAC asked before it was armed, so it says nothing',
    facts: { strangers: [{ ...stranger, lastSeenAt: '2026-11-22T08:59:00.000Z' }] },
    seen: [],
    missing: 'discover',
    cause: 'not-switched-on',
  },
  {
    name: 'the disk is first in the boot order (row 19)',
    seen: [DISK],
    missing: 'discover',
    cause: 'disk-booted',
    hint: /restart it and choose network boot by hand/,
  },
  {
    name: 'the same with a BMC',
    facts: { hasBmc: true },
    seen: [DISK],
    missing: 'discover',
    cause: 'disk-booted',
    hint: /--cycle/,
  },
  {
    name: 'DHCP was never switched on for its subnet',
    facts: { subnets: [{ name: 'lab', dhcp: 'off' }] },
    seen: [],
    missing: 'discover',
    cause: 'dhcp-off',
    hint: /subnet edit lab --dhcp authoritative/,
  },
  {
    name: 'a relay of a network that nobody has declared',
    seen: [BY_RELAY, refused('no-subnet')],
    missing: 'offer',
    cause: 'no-answer',
    says: /because of no-subnet/,
    hint: /subnet add/,
  },
  {
    name: 'no address is free',
    seen: [ROM, refused('no-free-address')],
    missing: 'offer',
    cause: 'no-answer',
    hint: /--range/,
  },
  {
    name: 'refused for a reason without a hint of its own',
    seen: [ROM, refused('malformed-option')],
    missing: 'offer',
    cause: 'no-answer',
    hint: /explain web001/,
  },
  { name: 'heard, and no offer told', seen: [ROM], missing: 'offer', cause: 'no-offer' },
  {
    name: 'it took the offer of another server (row 38)',
    seen: [ROM, OFFER, { stage: 'other-dhcp-server', outcome: 'warning', data: { server: '10.99.0.1' } }],
    missing: 'ack',
    cause: 'took-other-server',
    says: /10\.99\.0\.1$/,
    hint: /--dhcp proxy/,
  },
  {
    name: 'another server is on the subnet, and the machine falls silent',
    facts: { otherServers: [{ address: '10.99.0.1', subnet: 'lab' }] },
    seen: [ROM, OFFER],
    missing: 'ack',
    cause: 'other-server',
    says: /10\.99\.0\.1/,
  },
  {
    name: 'the address that it insists on is another machine’s',
    seen: [ROM, OFFER, { stage: 'dhcp-nak', outcome: 'warning', message: '10.99.0.7 is leased to web002' }],
    missing: 'ack',
    cause: 'address-refused',
    says: /leased to web002/,
  },
  {
    name: 'it found its address in use',
    seen: [ROM, OFFER, { stage: 'dhcp-decline', outcome: 'warning', message: 'found 10.99.0.11 in use' }],
    missing: 'ack',
    cause: 'address-in-use',
  },
  {
    name: 'a Raspberry Pi, for which there is no loader (F6)',
    seen: [
      ROM,
      { ...offerOf({ action: 'none', bootfile: null }), message: 'no boot file: the ROM of a Raspberry Pi' },
    ],
    missing: 'ack',
    cause: 'offer-without-bootfile',
    says: /Raspberry Pi/,
  },
  {
    name: 'its REQUEST is left without an answer',
    seen: [ROM, OFFER, { stage: 'dhcp-request' }, refused('address-taken')],
    missing: 'ack',
    cause: 'request-unanswered',
  },
  {
    name: 'answers do not come back through the relay (F15)',
    seen: [BY_RELAY, OFFER, BY_RELAY, OFFER, BY_RELAY, OFFER],
    missing: 'ack',
    cause: 'relay',
    says: /3 times by the relay 10\.20\.0\.254/,
    hint: /UDP port 67/,
  },
  {
    name: 'DISCOVER again and again: snooping, spanning tree (F21, F39)',
    seen: [ROM, OFFER, ROM, OFFER, ROM, OFFER, ROM, OFFER],
    missing: 'ack',
    cause: 'offers-do-not-arrive',
    says: /4 times/,
    hint: /snooping/,
  },
  { name: 'asked once and fell silent', seen: [BIOS, OFFER], missing: 'ack', cause: 'fell-silent' },
  {
    name: 'iPXE in the ROM that never takes an offer',
    seen: [IPXE, OFFER, IPXE, OFFER],
    missing: 'boot-script',
    cause: 'loader-without-address',
    says: /twice/,
  },
  {
    name: 'beside another server nobody waits for an ACK of ours',
    facts: { subnets: [{ name: 'lab', dhcp: 'proxy' }] },
    seen: [ROM, OFFER],
    missing: 'loader',
    cause: 'loader-not-asked-for',
  },
  {
    name: 'the whole of it, up to the loader',
    seen: [ROM, OFFER, ...ACK],
    missing: 'loader',
    cause: 'loader-not-asked-for',
  },
];
