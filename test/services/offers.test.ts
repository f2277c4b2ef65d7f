import { describe, expect, it } from 'vitest';
import type { Ipv4 } from '../../src/domain/ipv4.ts';
import { createOffers } from '../../src/services/offers.ts';
import { ip } from '../support/dhcp-packets.ts';

const A = ip('10.99.0.100');

describe('offers', () => {
  it('keep an address for the one to whom it was offered, for half a minute', () => {
    const offers = createOffers();
    expect(offers.isOfferedToOther(A, 'two', 0)).toBe(false);
    offers.add(A, 'one', 0);
    expect(offers.isOfferedToOther(A, 'one', 0)).toBe(false);
    expect(offers.isOfferedToOther(A, 'two', 29_999)).toBe(true);
    expect(offers.isOfferedToOther(A, 'two', 30_000)).toBe(false);
  });

  it('follow the newest offer of an address', () => {
    const offers = createOffers();
    offers.add(A, 'one', 0);
    offers.add(A, 'two', 1000);
    expect(offers.isOfferedToOther(A, 'one', 1000)).toBe(true);
    expect(offers.isOfferedToOther(A, 'two', 1000)).toBe(false);
  });

  it('stay right over thousands of them', () => {
    const offers = createOffers();
    for (let count = 0; count < 10_000; count++)
      offers.add((A + (count % 5000)) as Ipv4, `c${count}`, count * 10);
    expect(offers.isOfferedToOther((A + 4999) as Ipv4, 'x', 100_000)).toBe(true);
    expect(offers.isOfferedToOther(A, 'x', 100_000)).toBe(false);
  });
});
