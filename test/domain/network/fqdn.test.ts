import { expect, it } from 'vitest';
import { hostNamesOf } from '../../../src/domain/network/fqdn.ts';

it.each([
  { hostname: 'web001', domain: 'lab.example', names: ['web001', 'lab.example', 'web001.lab.example'] },
  { hostname: 'web001', domain: null, names: ['web001', null, 'web001'] },
  {
    hostname: 'web001.dc1.example',
    domain: 'lab.example',
    names: ['web001', 'dc1.example', 'web001.dc1.example'],
  },
])('$hostname with domain $domain', ({ hostname, domain, names: [label, own, fqdn] }) => {
  expect(hostNamesOf(hostname, domain)).toEqual({ label, domain: own, fqdn });
});
