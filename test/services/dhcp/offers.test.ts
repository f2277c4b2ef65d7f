import { expect, it } from 'vitest';
import type { Ipv4 } from '../../../src/domain/network/ipv4.ts';
import { createOffers } from '../../../src/services/dhcp/offers.ts';
import { ip } from '../../support/dhcp-packets.ts';

const NOW_MS = 1_000_000_000_000;
const [FIRST, SECOND] = [ip('10.0.0.1'), ip('10.0.0.2')];

it('an address on offer is not offered to another for half a minute', () => {
  const offers = createOffers();
  offers.add(FIRST, 'a', NOW_MS);
  expect(offers.isOfferedToOther(FIRST, 'b', NOW_MS + 29_999)).toBe(true);
  expect(offers.isOfferedToOther(FIRST, 'a', NOW_MS)).toBe(false);
  expect(offers.isOfferedToOther(SECOND, 'b', NOW_MS)).toBe(false);
  expect(offers.isOfferedToOther(FIRST, 'b', NOW_MS + 30_000)).toBe(false);
});

it('the oldest offer is found first, unless it does not fit or was made anew', () => {
  const offers = createOffers();
  offers.add(FIRST, 'a', NOW_MS);
  offers.add(SECOND, 'b', NOW_MS + 1);
  expect(offers.findOldest(() => true)).toBe(FIRST);
  expect(offers.findOldest((address) => address !== FIRST)).toBe(SECOND);
  offers.add(FIRST, 'a', NOW_MS + 2);
  expect(offers.findOldest(() => true)).toBe(SECOND);
  expect(offers.findOldest(() => false)).toBeUndefined();
});

it('an offer that was taken up is forgotten', () => {
  const offers = createOffers();
  offers.add(FIRST, 'a', NOW_MS);
  offers.forget(FIRST);
  expect(offers.isOfferedToOther(FIRST, 'b', NOW_MS)).toBe(false);
  expect(offers.findOldest(() => true)).toBeUndefined();
});

it('follow the newest offer of an address', () => {
  const offers = createOffers();
  offers.add(FIRST, 'one', 0);
  offers.add(FIRST, 'two', 1000);
  expect(offers.isOfferedToOther(FIRST, 'one', 1000)).toBe(true);
  expect(offers.isOfferedToOther(FIRST, 'two', 1000)).toBe(false);
});

it('stay right over thousands of them', () => {
  const offers = createOffers();
  for (let count = 0; count < 10_000; count++)
    offers.add((FIRST + (count % 5000)) as Ipv4, `c${count}`, count * 10);
  expect(offers.isOfferedToOther((FIRST + 4999) as Ipv4, 'x', 100_000)).toBe(true);
  expect(offers.isOfferedToOther(FIRST, 'x', 100_000)).toBe(false);
});
