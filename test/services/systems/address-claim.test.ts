import { expect, it } from 'vitest';
import { isHeldFor } from '../../../src/services/systems/address-claim.ts';
import type { AddressHolder } from '../../../src/store/interfaces/address-store.ts';
import { ip } from '../../support/dhcp-packets.ts';

const conflict = {
  value: '10.0.0.1',
  kind: 'ip',
  holder: 'system a',
  interface: null,
  command: null,
} as const;
const held = (change: Partial<AddressHolder>): AddressHolder => ({
  ...{ ip: ip('10.0.0.1'), kind: 'interface', systemId: null, sharedBy: null, subnetId: null, key: null },
  conflict,
  ...change,
});
const claim = { systemId: 7, key: '52:54:00:00:00:01', sharedAs: null } as const;

it.each([
  ['its own', held({ systemId: 7 }), claim, true],
  ['another one’s', held({ systemId: 8 }), claim, false],
  ['a gateway, asked for by a new record', held({ kind: 'gateway' }), { ...claim, systemId: null }, false],
  ['shared by nobody else', held({ sharedBy: [7] }), claim, true],
  ['shared by others, to be its own', held({ sharedBy: [7, 8] }), claim, false],
  ['shared by others, to be shared', held({ sharedBy: [8] }), { ...claim, sharedAs: 'interface' }, true],
  [
    'shared by interfaces, to be shared by a BMC',
    held({ sharedBy: [8] }),
    { ...claim, sharedAs: 'bmc' },
    false,
  ],
  ['of a chassis', held({ kind: 'bmc', sharedBy: [8] }), { ...claim, sharedAs: 'bmc' }, true],
  ['an interface’s alone, to be shared', held({ systemId: 8 }), { ...claim, sharedAs: 'interface' }, false],
  ['leased to its machine', held({ kind: 'lease', key: claim.key }), claim, true],
  ['leased to another', held({ kind: 'lease', key: '52:54:00:00:00:02' }), claim, false],
  ['leased to nobody known', held({ kind: 'lease' }), { ...claim, key: null }, false],
] as const)('an address that is %s', (_, holder, asked, isFor) => {
  expect(isHeldFor(holder, asked)).toBe(isFor);
});
