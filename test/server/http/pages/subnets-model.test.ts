import { describe, expect, it } from 'vitest';
import { spanRows, subnetPath } from '../../../../server/http/pages/subnets-model.ts';
import type { AddressSpan } from '../../../../src/services/subnets/subnet-addresses.ts';

const FREE: AddressSpan = {
  from: '10.99.0.1',
  to: '10.99.7.255',
  count: 2047,
  use: 'free',
  kind: null,
  holder: null,
  interface: null,
  system: null,
};
const HELD = { ...FREE, to: '10.99.0.1', count: 1, use: 'held', kind: 'interface' } as const;

describe('addresses of a subnet', () => {
  it.each([
    [
      'free',
      FREE,
      { addresses: '10.99.0.1 – 10.99.7.255', use: 'free', tone: 'good', note: '2,047 addresses' },
    ],
    ['one free', { ...FREE, to: '10.99.0.1', count: 1 }, { addresses: '10.99.0.1', note: '1 address' }],
    ['dynamic', { ...FREE, use: 'dynamic' }, { use: 'dynamic', tone: 'calm' }],
    ['excluded', { ...FREE, use: 'excluded' }, { use: 'excluded', tone: 'calm' }],
    [
      'a system’s',
      { ...HELD, holder: 'system web001', interface: 'eth0', system: 'web001' },
      { use: 'held', tone: 'busy', holder: 'system web001', note: 'eth0', href: '/systems/web001' },
    ],
    [
      'somebody else’s',
      { ...HELD, holder: 'a system outside your scope' },
      { holder: 'a system outside your scope', note: '', href: null },
    ],
    [
      'leased',
      { ...HELD, kind: 'lease', holder: 'lease of 52:54:00:00:00:01' },
      { use: 'lease', href: null },
    ],
    ['held by nobody that is known', HELD, { use: 'held', holder: '', note: '1 address' }],
  ] as const)('%s', (_says, span, row) => expect(spanRows([span])[0]).toMatchObject(row));

  it('are on the page of their subnet, whatever it is called', () => {
    expect(subnetPath('a/../b')).toBe('/subnets/a%2F..%2Fb');
    expect(spanRows([])).toEqual([]);
  });
});
