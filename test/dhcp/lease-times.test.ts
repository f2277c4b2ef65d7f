import { describe, expect, test } from 'vitest';
import { decideReply } from '../../src/dhcp/reply.ts';
import { RESERVATION } from '../support/dhcp-exchange.ts';
import { options } from '../support/dhcp-packets.ts';
import { clientOf, factsOf, NO_BOOT, NOW_MS, SUBNET } from '../support/dhcp-world.ts';

describe('lease times', () => {
  const bounds = { leaseSeconds: 600, minLeaseSeconds: 300, maxLeaseSeconds: 900 };
  test.each([
    { asks: undefined, subnet: bounds, gets: 600 },
    { asks: '00000001', subnet: bounds, gets: 300 },
    { asks: '000001f4', subnet: bounds, gets: 500 },
    { asks: 'ffffffff', subnet: bounds, gets: 900 },
    { asks: 'ff', subnet: bounds, gets: 600 },
    { asks: 'ffffffff', subnet: {}, gets: 3601 },
  ])('a client that asks for $asks gets $gets', ({ asks, subnet, gets }) => {
    const client = clientOf({ options: options({ 53: '01', ...(asks === undefined ? {} : { 51: asks }) }) });
    const facts = factsOf({ reservation: RESERVATION, subnet: { ...SUBNET, ...subnet } });
    expect(decideReply(client, facts, NO_BOOT, NOW_MS)).toMatchObject({ kind: 'offer', leaseSeconds: gets });
  });
});
