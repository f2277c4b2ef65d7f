import { expect, it } from 'vitest';
import { auditChanges } from '../../../src/domain/access/audit-changes.ts';

const eth0 = { name: 'eth0', mac: '52:54:00:00:00:01', ip: '10.0.0.1', addresses: [], sharedMac: false };
const eth1 = { ...eth0, name: 'eth1', mac: '52:54:00:00:00:02', ip: null };
const bond = { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], sharedMac: false, routes: [] };

it.each([
  {
    name: 'one field of an interface',
    before: { interfaces: [eth0, eth1] },
    after: { interfaces: [{ ...eth0, ip: '10.0.0.2' }, eth1] },
    says: [['interfaces.eth0.ip', '10.0.0.1', '10.0.0.2']],
  },
  {
    name: 'an interface that came before others, by its values',
    before: { interfaces: [eth0] },
    after: { interfaces: [bond, eth0] },
    says: [
      ['interfaces.bond0.type', null, 'bond'],
      ['interfaces.bond0.parents', null, ['eth0', 'eth1']],
    ],
  },
  {
    name: 'an interface that went',
    before: { interfaces: [eth0, eth1] },
    after: { interfaces: [eth0] },
    says: [['interfaces.eth1.mac', '52:54:00:00:00:02', null]],
  },
  {
    name: 'another order, which says what the machine boots from',
    before: { interfaces: [eth0, eth1] },
    after: { interfaces: [eth1, eth0] },
    says: [['interfaces (order)', ['eth0', 'eth1'], ['eth1', 'eth0']]],
  },
  {
    name: 'a switch that goes off, and a list of plain values',
    before: { interfaces: [{ ...eth0, sharedMac: true }], roles: ['web'] },
    after: { interfaces: [eth0], roles: ['web', 'db'] },
    says: [
      ['interfaces.eth0.sharedMac', true, false],
      ['roles', ['web'], ['web', 'db']],
    ],
  },
  {
    name: 'fields of fields, and items without names',
    before: { settings: { vars: { a: '1', b: '2' } }, dhcpOptions: [{ code: 43, value: 'x' }] },
    after: { settings: { vars: { a: '1', b: '3' } }, dhcpOptions: [{ code: 43, value: 'y' }] },
    says: [
      ['settings.vars.b', '2', '3'],
      ['dhcpOptions.0.value', 'x', 'y'],
    ],
  },
  { name: 'nothing', before: { comment: '' }, after: { comment: null }, says: [] },
])('tells $name', ({ before, after, says }) => {
  expect(auditChanges(before, after)).toEqual(says.map(([path, from, to]) => ({ path, from, to })));
});

it('tells of a record that was added what it has', () => {
  expect(auditChanges(null, { name: 'web001', comment: '', interfaces: [eth1] })).toEqual([
    { path: 'name', from: null, to: 'web001' },
    { path: 'interfaces.eth1.mac', from: null, to: '52:54:00:00:00:02' },
  ]);
});
