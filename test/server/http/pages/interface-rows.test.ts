import { expect, it } from 'vitest';
import { interfaceRows } from '../../../../server/http/pages/interface-rows.ts';
import type { SystemInterface } from '../../../../src/domain/network-interface.ts';
import { apiCard } from '../../../support/api-records.ts';

const card = (more: Partial<SystemInterface> & { readonly name: string }) =>
  apiCard({ mac: null, ip: null, subnet: null, ...more });

it('says of every interface what it is made of, and what it is a part of', () => {
  const rows = interfaceRows([
    card({ name: 'eth0', mac: '52:54:00:00:00:01' }),
    card({ name: 'eth1', seenMac: '52:54:00:00:00:02' }),
    card({ name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'] }),
    card({
      name: 'bond0.7',
      type: 'vlan',
      vlan: 7,
      parents: ['bond0'],
      ip: '10.0.0.1',
      subnet: 'lab',
      addresses: ['10.0.0.2'],
      sharedAddresses: ['10.0.0.3'],
    }),
  ]);
  expect(rows.map(({ name, address, known, notes }) => [name, address, known, notes])).toEqual([
    ['eth0', 'part of bond0', '52:54:00:00:00:01', []],
    ['eth1', 'part of bond0', '52:54:00:00:00:02', []],
    ['bond0', 'dynamic', '', ['bond of eth0 + eth1, active-backup']],
    ['bond0.7', '10.0.0.1', '', ['VLAN 7 on bond0', 'also 10.0.0.2', 'shared 10.0.0.3']],
  ]);
});
