import { beforeEach, describe, expect, it } from 'vitest';
import { createDhcpCounters, type DhcpCounters } from '../../../server/dhcp/counters.ts';
import { createIntake, type Intake } from '../../../server/dhcp/intake.ts';
import { MESSAGE_TYPE } from '../../../src/dhcp/codes.ts';
import { macFromBytes, parseMac } from '../../../src/domain/network/mac.ts';
import { discoverBytes } from '../../support/canned-dhcp.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';

const SOURCE = { address: ip('0.0.0.0'), port: 68 };
const packet = (mac: string) => discoverBytes(must(parseMac(mac), mac), 1);
const stranger = (n: number) => packet(`0200${n.toString(16).padStart(8, '0')}`);
const request = (mac: string) => {
  const bytes = packet(mac);
  bytes[242] = MESSAGE_TYPE.request;
  return bytes;
};
const KNOWN = packet('52:54:00:00:00:01');

let served: string[];
let turns: (() => void)[];
let limited: boolean;
let crowded: boolean;
let asked: number;
let counters: DhcpCounters;
let warned: string[];
let intake: Intake;

const take = (...packets: readonly Buffer[]) => {
  for (const bytes of packets) intake.take(bytes, SOURCE);
};
const strangers = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => stranger(from + n));
/** The turn of the loop ends: whatever was put off until then is done. */
const endTurn = () => {
  for (const work of turns.splice(0)) work();
};

beforeEach(() => {
  served = [];
  turns = [];
  limited = false;
  crowded = false;
  asked = 0;
  counters = createDhcpCounters();
  warned = [];
  intake = createIntake({
    limits: { judge: () => (limited ? 'limited' : 'serve') },
    isKnown: (mac) => {
      asked += 1;
      return mac.startsWith('52:54');
    },
    nowMs: () => 0,
    serve: (bytes) => served.push(macFromBytes(bytes.subarray(28, 34))),
    counters,
    log: { warn: (_fields, message) => warned.push(message) },
    interfaceName: 'lan0',
    isCrowded: () => crowded,
    later: (work) => turns.push(work),
  });
});

describe('packets between the socket and the service', () => {
  it('go straight on as long as few come in a turn, and no record is asked for', () => {
    for (let turn = 0; turn < 10; turn += 1) {
      take(...strangers(turn * 23, 23));
      endTurn();
    }
    expect([served.length, asked]).toEqual([230, 0]);
  });

  it('of strangers wait when a queue builds, those of machines with a record do not', () => {
    take(...strangers(0, 30), KNOWN);
    expect(served).toHaveLength(24);
    expect(served.at(-1)).toBe('52:54:00:00:00:01');
    endTurn();
    expect(served).toHaveLength(31);
    // In the order in which they came.
    expect(served.slice(24)).toEqual(strangers(23, 7).map((bytes) => macFromBytes(bytes.subarray(28, 34))));
  });

  it('of strangers that came later do not overtake those that wait', () => {
    take(...strangers(0, 32));
    endTurn();
    take(...strangers(32, 29));
    expect(served).toHaveLength(23 + 8);
    endTurn();
    endTurn();
    expect(served).toHaveLength(61);
    expect(turns).toEqual([]);
  });

  it('eight of strangers are served a turn while more come, 32 when it is calm', () => {
    take(...strangers(0, 32));
    endTurn();
    expect(served).toHaveLength(23 + 8);
    take(...strangers(32, 32));
    endTurn();
    expect(served).toHaveLength(23 + 8 + 8);
    endTurn();
    expect(served).toHaveLength(23 + 8 + 8 + 25);
  });

  it('of machines with a record that look for an address overtake those that ask for theirs', () => {
    const known = (n: number) => `52:54:00:00:00:0${n}`;
    const asking = [1, 2].map((n) => request(known(n)));
    take(...strangers(0, 23), ...asking, packet(known(3)));
    expect(served.slice(23)).toEqual([known(3)]);
    endTurn();
    expect(served.slice(24)).toEqual([known(1), known(2)]);
  });

  it('of strangers are served 32 a turn where one turn empties the socket', () => {
    take(...strangers(0, 23), ...Array.from({ length: 20 }, () => KNOWN), ...strangers(23, 100));
    endTurn();
    expect(served).toHaveLength(23 + 20 + 32);
  });

  it('of strangers are dropped when 4,096 wait, counted, told rarely; the others are served', () => {
    take(...strangers(0, 23 + 4_096 + 100), KNOWN);
    expect(counters).toMatchObject({ strangersDropped: 100, limited: 0 });
    expect(served.at(-1)).toBe('52:54:00:00:00:01');
    expect(warned).toHaveLength(7);
    while (turns.length > 0) endTurn();
    expect(served).toHaveLength(23 + 4_096 + 1);
  });

  it('of strangers are dropped at once when the places for work are nearly full', () => {
    crowded = true;
    take(stranger(1), KNOWN);
    expect(served).toEqual(['52:54:00:00:00:01']);
    expect(counters.strangersDropped).toBe(1);
  });

  it('of a client beyond its rate are dropped, with or without a record', () => {
    limited = true;
    take(stranger(1), KNOWN);
    expect([served, counters.limited, warned.length]).toEqual([[], 2, 2]);
  });

  it('that are too short to have an address are a stranger’s', () => {
    take(...strangers(0, 24), Buffer.alloc(3));
    expect(served).toHaveLength(23);
  });
});
