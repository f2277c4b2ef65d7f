import { expect, it } from 'vitest';
import { type Subnet, subnetInput } from '../../../src/domain/network/subnet.ts';
import { withEffective } from '../../../src/domain/network/subnet-effective.ts';

const subnet = (change: object): Subnet => ({
  ...subnetInput.parse({ name: 'lab', network: '10.99.0.0/24', ...change }),
  id: 1,
  revision: 1,
  createdAt: '',
  updatedAt: '',
});

it('says what the fields of a subnet come to', () => {
  const { effective } = withEffective(
    subnet({
      gateway: '10.99.0.1',
      dnsServers: ['10.99.0.2', '10.99.0.3'],
      domainSearch: ['a.example', 'b.example'],
      leaseSeconds: 600,
      maxLeaseSeconds: 7200,
      ranges: [{ from: '10.99.0.100', to: '10.99.0.119' }],
      exclusions: [{ from: '10.99.0.105', to: '10.99.0.105' }],
      dhcpOptions: [
        { code: 6, value: '' },
        { code: 42, type: 'ips', value: '10.99.0.4' },
        { code: 200, type: 'hex', value: 'aa', always: true },
      ],
    }),
  );
  expect(effective).toEqual({
    leaseSeconds: { min: 600, default: 600, max: 7200 },
    dynamicRanges: ['10.99.0.100-10.99.0.104', '10.99.0.106-10.99.0.119'],
    dynamicAddresses: 19,
    options: {
      1: 'mask: 255.255.255.0',
      3: 'routers: 10.99.0.1',
      28: 'broadcast: 10.99.0.255',
      42: 'NTP servers: 10.99.0.4',
      119: 'domain search: a.example,b.example',
      200: 'hex: aa (always)',
    },
  });
});
