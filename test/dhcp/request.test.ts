import { describe, expect, test } from 'vitest';
import { type DhcpClient, describeClient } from '../../src/dhcp/client.ts';
import type { DhcpFacts } from '../../src/dhcp/facts.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { requestStateOf } from '../../src/dhcp/request.ts';
import { ipv4ToBytes } from '../../src/domain/network/ipv4.ts';
import { ip, options, packetOf } from '../support/dhcp-packets.ts';
import { clientOf, factsOf, NO_BOOT, NOW_MS, RECEPTION, SUBNET } from '../support/dhcp-world.ts';

const DIMENSIONS = {
  state: ['selecting', 'init-reboot', 'renewing'],
  /** R: .20, which is reserved where a reservation is; S: .30, static; D: .150, dynamic; F: another subnet. */
  wanted: ['R', 'S', 'D', 'F'],
  reservation: ['none', 'here', 'other-subnet', 'without-ip'],
  /** `same` is the wanted address, `other` is the dynamic .160. */
  lease: ['none', 'live-same', 'live-other', 'past-same', 'past-other'],
  holder: ['nobody', 'another'],
  mode: ['authoritative', 'shared'],
} as const;

type Dimension = keyof typeof DIMENSIONS;
type Case = { readonly [K in Dimension]: string };

/**
 * The whole of REQUEST as a table: the first row that fits a case decides it. `*` is any, a comma is or.
 * Every combination of the dimensions must fit a row, and every row must be the first for some combination.
 */
const TABLE = `
  state                | mode   | wanted | reservation | lease                | holder  | decision
  init-reboot,renewing | shared | F      | none        | none                 | *       | silent no-record
  *                    | *      | F      | *           | *                    | *       | nak wrong-subnet
  *                    | *      | R      | here        | *                    | *       | ack reservation
  *                    | *      | *      | here        | *                    | *       | nak reserved-elsewhere
  *                    | *      | D      | *           | live-same            | *       | ack lease
  *                    | *      | *      | *           | live-other           | *       | nak not-its-lease
  *                    | *      | *      | *           | *                    | another | nak address-taken
  init-reboot,renewing | shared | *      | none        | none                 | nobody  | silent no-record
  selecting            | *      | D      | *           | *                    | nobody  | ack dynamic
  init-reboot,renewing | *      | D      | *           | past-same            | nobody  | ack lease
  init-reboot,renewing | *      | D      | *           | past-other           | nobody  | nak not-its-lease
  init-reboot,renewing | *      | D      | *           | none                 | nobody  | ack restored
  *                    | *      | R,S    | *           | *                    | nobody  | nak not-in-range
`;

const [header = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

function fits(row: readonly string[], one: Case): boolean {
  return header.slice(0, -1).every((name, column) => {
    const cell = row[column] ?? '';
    return cell === '*' || cell.split(',').includes(one[name as Dimension]);
  });
}

const CASES: readonly Case[] = DIMENSIONS.state.flatMap((state) =>
  DIMENSIONS.wanted.flatMap((wanted) =>
    DIMENSIONS.reservation.flatMap((reservation) =>
      DIMENSIONS.lease.flatMap((lease) =>
        DIMENSIONS.holder.flatMap((holder) =>
          DIMENSIONS.mode.map((mode) => ({ state, wanted, reservation, lease, holder, mode })),
        ),
      ),
    ),
  ),
);

const ADDRESSES: Readonly<Record<string, string>> = {
  R: '10.99.0.20',
  S: '10.99.0.30',
  D: '10.99.0.150',
  F: '10.50.0.5',
};

function wantedOf(one: Case) {
  return ip(ADDRESSES[one.wanted] ?? '');
}

function clientIn(one: Case): DhcpClient {
  const wanted = wantedOf(one);
  if (one.state === 'renewing') return clientOf({ ciaddr: wanted, options: options({ 53: '03' }) });
  const requested = { 53: '03', 50: ipv4ToBytes(wanted).toString('hex') };
  return clientOf({
    options: options(one.state === 'selecting' ? { ...requested, 54: '0a630001' } : requested),
  });
}

function factsIn(one: Case): DhcpFacts {
  const named = { system: 'web001', hostname: 'web001' };
  const reservations: Record<string, DhcpFacts['reservation']> = {
    here: { ...named, ip: ip('10.99.0.20') },
    'other-subnet': { ...named, ip: ip('10.20.0.20') },
    'without-ip': named,
  };
  const [time, which] = one.lease.split('-');
  const lease = {
    ip: which === 'same' ? wantedOf(one) : ip('10.99.0.160'),
    expiresAtMs: time === 'live' ? NOW_MS + 1 : NOW_MS,
  };
  return factsOf({
    subnet: { ...SUBNET, mode: one.mode === 'shared' ? 'shared' : 'authoritative' },
    reservation: reservations[one.reservation],
    lease: one.lease === 'none' ? undefined : lease,
    requestedHolder: one.holder === 'another' ? { label: 'db001' } : undefined,
  });
}

describe('REQUEST: every combination of state and facts', () => {
  test.each(CASES)(
    '$state wants $wanted, reservation $reservation, lease $lease, held by $holder, $mode',
    (one) => {
      const row = rows.find((candidate) => fits(candidate, one));
      const decision = decideReply(clientIn(one), factsIn(one), NO_BOOT, NOW_MS);
      expect(`${decision.kind} ${decision.code}`).toBe(row?.at(-1));
      expect(decision.reason).not.toBe('');
      if (decision.kind === 'ack')
        expect(decision).toMatchObject({ address: wantedOf(one), leaseSeconds: 3601 });
    },
  );

  test('no row of the table is idle', () => {
    const used = new Set(CASES.map((one) => rows.findIndex((row) => fits(row, one))));
    expect([...used].sort((a, b) => a - b)).toEqual(rows.map((_, index) => index));
  });
});

describe('REQUEST: which state it is (RFC 2131 §4.3.6 table 4)', () => {
  test.each([
    { name: '50 and 54', options: { 50: '0a630096', 54: '0a630001' }, ciaddr: '0.0.0.0', state: 'selecting' },
    { name: '50 alone', options: { 50: '0a630096' }, ciaddr: '0.0.0.0', state: 'init-reboot' },
    { name: 'ciaddr', options: {}, ciaddr: '10.99.0.150', state: 'renewing' },
    {
      name: 'ciaddr and, against the RFC, 54',
      options: { 54: '0a630001' },
      ciaddr: '10.99.0.150',
      state: 'renewing',
    },
    {
      name: 'ciaddr, sent to everybody',
      options: {},
      ciaddr: '10.99.0.150',
      isUnicast: false,
      state: 'rebinding',
    },
    { name: 'ciaddr, sent to us', options: {}, ciaddr: '10.99.0.150', isUnicast: true, state: 'renewing' },
    {
      name: 'ciaddr, by a relay',
      options: {},
      ciaddr: '10.99.0.150',
      giaddr: '10.99.0.9',
      state: 'rebinding',
    },
    {
      name: 'ciaddr, by a relay that takes the place of the server',
      options: { 82: '0b040a630009' },
      ciaddr: '10.99.0.150',
      giaddr: '10.99.0.9',
      state: 'renewing',
    },
    {
      name: 'the same, sent to everybody (RFC 5010)',
      options: { 82: '0a01000b040a630009' },
      ciaddr: '10.99.0.150',
      giaddr: '10.99.0.9',
      state: 'rebinding',
    },
    { name: 'neither', options: {}, ciaddr: '0.0.0.0', state: undefined },
    { name: '54 alone', options: { 54: '0a630001' }, ciaddr: '0.0.0.0', state: undefined },
  ])('$name: $state', ({ options: sent, ciaddr, giaddr = '0.0.0.0', isUnicast, state }) => {
    const packet = packetOf({
      ciaddr: ip(ciaddr),
      giaddr: ip(giaddr),
      options: options({ 53: '03', ...sent }),
    });
    const client = describeClient(packet, { ...RECEPTION, isUnicast });
    expect(requestStateOf(client)).toBe(state);
  });
});

describe('REQUEST: silence', () => {
  test.each([
    {
      name: 'another server was chosen, even if the address is wrong here',
      sent: { 53: '03', 50: '0a320005', 54: '0a630009' },
      code: 'other-server',
      reason: 'it chose 10.99.0.9, this is 10.99.0.1',
    },
    {
      name: 'no address named',
      sent: { 53: '03', 54: '0a630001' },
      code: 'no-address-named',
      reason: 'REQUEST without option 50 and ciaddr',
    },
  ])('$name', ({ sent, code, reason }) => {
    const decision = decideReply(clientOf({ options: options(sent) }), factsOf(), NO_BOOT, NOW_MS);
    expect(decision).toEqual({ kind: 'silent', code, reason });
  });
});

test('reasons name the address and who has it', () => {
  const decide = (facts: Partial<DhcpFacts>) =>
    decideReply(clientOf({ options: options({ 53: '03', 50: '0a630096' }) }), factsOf(facts), NO_BOOT, NOW_MS)
      .reason;
  const reservation = { system: 'web001', hostname: 'web001', ip: ip('10.99.0.20') };
  expect(decide({ reservation })).toBe('it wants 10.99.0.150, but 10.99.0.20 is reserved for web001');
  expect(decide({ requestedHolder: { label: 'db001' } })).toBe('10.99.0.150 belongs to db001');
  expect(decide({ subnet: { ...SUBNET, mode: 'shared' } })).toBe(
    'no record of this client, which believes to have 10.99.0.150',
  );
});
