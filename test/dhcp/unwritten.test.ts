import { describe, expect, it } from 'vitest';
import type { GrantDecision } from '../../src/dhcp/decision.ts';
import { decideUnwritten } from '../../src/dhcp/unwritten.ts';
import { ip } from '../support/dhcp-packets.ts';

const NOW_MS = 1_000_000;
const address = ip('10.0.0.5');
const ack: GrantDecision = {
  kind: 'ack',
  code: 'lease',
  reason: 'its lease',
  address,
  leaseSeconds: 600,
  boot: { kind: 'none', code: 'not-a-boot-client', reason: '' },
};
const reservation = { system: 'web001', hostname: 'web001', ip: address };
const leaseFor = (seconds: number, of = address) => ({ ip: of, expiresAtMs: NOW_MS + seconds * 1000 });

describe('a lease that cannot be written', () => {
  it.each([
    { name: 'of a reserved address holds by the record', facts: { reservation }, seconds: 600 },
    { name: 'holds for what is written of it', facts: { lease: leaseFor(99.9) }, seconds: 99 },
    { name: 'is not made longer by it', facts: { lease: leaseFor(9000) }, seconds: 600 },
    { name: 'is over', facts: { lease: leaseFor(0.9) }, seconds: undefined },
    { name: 'is for another address', facts: { lease: leaseFor(99, ip('10.0.0.6')) }, seconds: undefined },
    { name: 'is new', facts: {}, seconds: undefined },
  ])('$name', ({ facts, seconds }) => {
    const { reservation, lease } = facts as Parameters<typeof decideUnwritten>[1];
    expect(decideUnwritten(ack, { reservation, lease }, NOW_MS)).toEqual(
      seconds === undefined
        ? undefined
        : expect.objectContaining({ kind: 'ack', address, leaseSeconds: seconds }),
    );
  });

  it.each(['release', 'decline'] as const)('is not answered where it ends by a %s', (kind) => {
    const decision = { kind, code: 'release', reason: '', address } as Parameters<typeof decideUnwritten>[0];
    const facts = { reservation: undefined, lease: leaseFor(99) };
    expect(decideUnwritten(decision, facts, NOW_MS)).toBeUndefined();
  });
});
