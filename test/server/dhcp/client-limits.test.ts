import { beforeEach, describe, expect, it } from 'vitest';
import { type ClientLimits, createClientLimits } from '../../../server/dhcp/client-limits.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { discoverBytes } from '../../support/canned-dhcp.ts';
import { readPacketFixture } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';

const START_MS = 1_000_000;
const client = (n: number) =>
  discoverBytes(must(parseMac((0x520000000000 + n).toString(16).padStart(12, '0')), 'a MAC'), n);

let limits: ClientLimits;
/** How many of `count` packets at one moment are served. */
const served = (bytes: Buffer, count: number, nowMs = START_MS) =>
  Array.from({ length: count }, () => limits.judge(bytes, nowMs)).filter((verdict) => verdict === 'serve')
    .length;

beforeEach(() => {
  limits = createClientLimits(10);
});

describe('the limit of a client', () => {
  it('is a burst of two seconds, and then its rate', () => {
    expect(served(client(1), 1000)).toBe(20);
    expect(served(client(1), 1000, START_MS + 1_000)).toBe(10);
    expect(served(client(1), 1000, START_MS + 1_050)).toBe(0);
    expect(served(client(1), 1000, START_MS + 1_100)).toBe(1);
    expect(served(client(1), 1000, START_MS + 3_600_000)).toBe(20);
  });

  it('is its own: the next client has all of its', () => {
    served(client(1), 1000);
    expect(served(client(2), 1000)).toBe(20);
  });

  it('gives and takes nothing while the clock is set back', () => {
    served(client(1), 1000);
    expect(served(client(1), 10, START_MS - 3_600_000)).toBe(0);
    expect(served(client(1), 10, START_MS)).toBe(0);
    expect(served(client(1), 10, START_MS + 500)).toBe(5);
  });

  it('is remembered over 32,768 other clients, and forgotten, and so full again, after twice as many', () => {
    served(client(0), 1000);
    for (let n = 1; n <= 32_768; n += 1) limits.judge(client(n), START_MS);
    expect(served(client(0), 1)).toBe(0);
    for (let n = 32_769; n <= 100_000; n += 1) limits.judge(client(n), START_MS);
    expect(served(client(0), 1)).toBe(1);
  });

  it('is none for hardware without an Ethernet address, which all machines of a rack would share', () => {
    expect(served(readPacketFixture('f30-infiniband-discover'), 1000)).toBe(1000);
  });

  it('of 0 is none, for garbage neither', () => {
    limits = createClientLimits(0);
    expect([served(client(1), 1000), served(Buffer.alloc(10), 1000)]).toEqual([1000, 1000]);
  });
});

describe('what is no DHCP', () => {
  const reply = client(1);
  reply[0] = 2;
  const noCookie = client(1);
  noCookie[236] = 0;
  it.each([
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'a cut packet', bytes: client(1).subarray(0, 239) },
    { name: 'no magic cookie', bytes: noCookie },
    { name: 'a reply', bytes: reply },
  ])('has 200 a second for all of it, and takes nothing from a client: $name', ({ bytes }) => {
    expect(served(bytes, 1000)).toBe(200);
    expect(served(Buffer.alloc(1), 1000)).toBe(0);
    expect(served(bytes, 1000, START_MS + 500)).toBe(100);
    expect(served(client(1), 1000)).toBe(20);
  });
});
