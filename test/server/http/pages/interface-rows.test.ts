import { expect, it } from 'vitest';
import { interfaceRows } from '../../../../server/http/pages/interface-rows.ts';
import type { SystemInterface } from '../../../../src/domain/network/network-interface.ts';
import { apiCard } from '../../../support/api-records.ts';

const card = (more: Partial<SystemInterface>) =>
  apiCard({ name: 'eth0', mac: null, ip: null, subnet: null, ...more });
const mac = (row: number) => `52:54:00:00:00:0${row}`;

it('a bond of two cards with a VLAN on it', () => {
  const rows = interfaceRows([
    card({ name: 'eth0', mac: mac(1) }),
    card({ name: 'eth1', mac: mac(2) }),
    card({
      name: 'bond0',
      type: 'bond',
      parents: ['eth0', 'eth1'],
      bondMode: '802.3ad',
      ip: '10.0.0.7',
      subnet: 'lab',
    }),
    card({ name: 'bond0.20', type: 'vlan', vlan: 20, parents: ['bond0'], ip: '10.0.20.7', mtu: 9000 }),
  ]);
  expect(rows).toEqual([
    { name: 'eth0', address: 'part of bond0', subnet: null, known: mac(1), notes: [] },
    { name: 'eth1', address: 'part of bond0', subnet: null, known: mac(2), notes: [] },
    { name: 'bond0', address: '10.0.0.7', subnet: 'lab', known: '', notes: ['bond of eth0 + eth1, 802.3ad'] },
    {
      name: 'bond0.20',
      address: '10.0.20.7',
      subnet: null,
      known: '',
      notes: ['VLAN 20 on bond0', 'MTU 9000'],
    },
  ]);
});

it.each([
  ['a MAC', { mac: mac(1), seenMac: mac(2) }, mac(1)],
  ['the MAC that was heard', { seenMac: mac(2), circuitId: 'port7' }, mac(2)],
  ['a client id', { clientId: '01:02', circuitId: 'port7' }, '01:02'],
  ['where it is plugged in', { circuitId: 'port7' }, 'port7'],
  ['nothing', {}, ''],
] as const)('a card is known by %s', (_says, more, known) => {
  const [row] = interfaceRows([card({ mac: null, ...more })]);
  expect(row).toMatchObject({ known, address: 'dynamic' });
});

it('everything else that an interface has is told', () => {
  const [row] = interfaceRows([
    card({
      type: 'bridge',
      parents: ['eth1'],
      addresses: ['10.0.0.8', '10.0.0.9'],
      sharedAddresses: ['10.0.0.100'],
      routes: [{ to: '10.20.0.0/16', via: '10.0.0.254' }],
      gateway: true,
    }),
  ]);
  expect(row?.notes).toEqual([
    'bridge of eth1',
    'also 10.0.0.8, 10.0.0.9',
    'shared 10.0.0.100',
    '10.20.0.0/16 via 10.0.0.254',
    'default route',
  ]);
});
