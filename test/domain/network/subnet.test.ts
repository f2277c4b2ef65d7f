import { describe, expect, it } from 'vitest';
import {
  dynamicRangesOf,
  leaseTimesOf,
  rangeHolding,
  rangesOf,
  subnetInput,
  subnetProblems,
  unchosenRangesOf,
} from '../../../src/domain/network/subnet.ts';
import { ip } from '../../support/dhcp-packets.ts';

const BASE = { name: 'lab', network: '10.99.0.0/24' };
const range = (from: string, to: string) => ({ from: `10.99.0.${from}`, to: `10.99.0.${to}` });

describe('subnetInput', () => {
  it.each(['10.99.0.0/31', '10.99.0.0/32', '8.0.0.0/7', '10.99.0.1/24', '10.99.0.0', 'lab', '010.99.0.0/24'])(
    'refuses the network %s',
    (network) => expect(subnetInput.safeParse({ ...BASE, network }).success).toBe(false),
  );

  it.each([
    { leaseSeconds: 119 },
    { leaseSeconds: 31_536_001 },
    { leaseSeconds: 600.5 },
    { mtu: 575 },
    { mtu: 9217 },
    { dhcp: 'on' },
    { domain: 'Lab.Example' },
    { domain: '-x' },
    { dnsServers: Array(9).fill('10.0.0.1') },
    { dnsServers: ['10.0.0.01'] },
    { ranges: [{ from: '10.99.0.1' }] },
    { ranges: [{ from: '10.99.0.1', to: '10.99.0.2', name: 'x' }] },
  ])('refuses %j', (change) => expect(subnetInput.safeParse({ ...BASE, ...change }).success).toBe(false));
});

describe('subnetProblems', () => {
  it.each([
    { what: 'a plain one', change: {}, paths: [] },
    {
      what: 'all there is',
      change: { gateway: '10.99.0.254', nextServer: '192.0.2.1', ranges: [range('10', '20')] },
      paths: [],
    },
    { what: 'a gateway elsewhere', change: { gateway: '10.98.0.1' }, paths: ['gateway'] },
    { what: 'the network address as gateway', change: { gateway: '10.99.0.0' }, paths: ['gateway'] },
    { what: 'the broadcast address as gateway', change: { gateway: '10.99.0.255' }, paths: ['gateway'] },
    {
      what: 'a gateway in a range',
      change: { gateway: '10.99.0.15', ranges: [range('10', '20')] },
      paths: ['gateway'],
    },
    {
      what: 'a next-server in a range',
      change: { nextServer: '10.99.0.15', ranges: [range('10', '20')] },
      paths: ['nextServer'],
    },
    {
      what: 'a range elsewhere',
      change: { ranges: [{ from: '10.98.0.1', to: '10.98.0.9' }] },
      paths: ['ranges.0.from', 'ranges.0.to'],
    },
    {
      what: 'a range from the network address',
      change: { ranges: [range('0', '9')] },
      paths: ['ranges.0.from'],
    },
    {
      what: 'a range to the broadcast address',
      change: { ranges: [range('1', '255')] },
      paths: ['ranges.0.to'],
    },
    {
      what: 'a range that ends before it begins',
      change: { ranges: [range('9', '1')] },
      paths: ['ranges.0'],
    },
    { what: 'a range of one address', change: { ranges: [range('9', '9')] }, paths: [] },
    { what: 'ranges side by side', change: { ranges: [range('20', '29'), range('10', '19')] }, paths: [] },
    {
      what: 'ranges that share an address',
      change: { ranges: [range('20', '29'), range('10', '20')] },
      paths: ['ranges'],
    },
    {
      what: 'a range in a range',
      change: { ranges: [range('10', '90'), range('20', '30')] },
      paths: ['ranges'],
    },
    {
      what: 'everything at once',
      change: { gateway: '10.99.0.255', ranges: [range('9', '1'), range('1', '255')] },
      paths: ['gateway', 'ranges.0', 'ranges.1.to', 'ranges', 'gateway'],
    },
  ])('$what: $paths', ({ change, paths }) => {
    const subnet = subnetInput.parse({ ...BASE, ...change });
    expect(subnetProblems(subnet).map(({ path }) => path)).toEqual(paths);
  });
});

it('a range holds its ends and what lies between', () => {
  const subnet = subnetInput.parse({ ...BASE, ranges: [range('20', '29'), range('10', '12')] });
  expect(rangesOf(subnet).map(({ from }) => from)).toEqual([ip('10.99.0.10'), ip('10.99.0.20')]);
  const held = ['9', '10', '12', '13', '19', '20', '29', '30'].map(
    (n) => rangeHolding(subnet, ip(`10.99.0.${n}`)) !== undefined,
  );
  expect(held).toEqual([false, true, true, false, false, true, true, false]);
});

describe('exclusions', () => {
  const subnet = (exclusions: object[]) =>
    subnetInput.parse({ ...BASE, ranges: [range('10', '20'), range('30', '40')], exclusions });
  const last = (address: number) => address - ip('10.99.0.0');
  const rangesText = (ranges: readonly { from: number; to: number }[]) =>
    ranges.map(({ from, to }) => `${last(from)}-${last(to)}`).join(' ');

  it.each([
    { what: 'none', exclusions: [], left: '10-20 30-40' },
    { what: 'in the middle', exclusions: [range('15', '15')], left: '10-14 16-20 30-40' },
    { what: 'at the ends', exclusions: [range('10', '10'), range('20', '20')], left: '11-19 30-40' },
    { what: 'over the gap', exclusions: [range('18', '33')], left: '10-17 34-40' },
    { what: 'a whole range', exclusions: [range('5', '25')], left: '30-40' },
    {
      what: 'overlapping ones',
      exclusions: [range('12', '16'), range('14', '18')],
      left: '10-11 19-20 30-40',
    },
    { what: 'outside of the ranges', exclusions: [range('50', '60')], left: '10-20 30-40' },
  ])('$what', ({ exclusions, left }) => expect(rangesText(dynamicRangesOf(subnet(exclusions)))).toBe(left));

  it('an excluded address is in no dynamic range, and is never chosen for a record without being named', () => {
    const holed = subnet([range('15', '15'), range('50', '50')]);
    expect(rangeHolding(holed, ip('10.99.0.15'))).toBeUndefined();
    expect(rangeHolding(holed, ip('10.99.0.16'))).toEqual({ from: ip('10.99.0.10'), to: ip('10.99.0.20') });
    expect(rangesText(unchosenRangesOf(holed))).toBe('10-20 15-15 30-40 50-50');
  });

  it('refuses one outside of the network or the wrong way round', () => {
    const paths = subnetProblems(subnet([{ from: '10.98.0.1', to: '10.98.0.1' }, range('9', '8')]));
    expect(paths.map(({ path }) => path)).toEqual(['exclusions.0.from', 'exclusions.0.to', 'exclusions.1']);
  });

  it('lets a gateway stand in the hole of a range', () => {
    expect(subnetProblems({ ...subnet([range('15', '15')]), gateway: '10.99.0.15' })).toEqual([]);
  });
});

describe('lease times', () => {
  it('leave a client no choice unless there are bounds', () => {
    const times = (change: object) =>
      leaseTimesOf(subnetInput.parse({ ...BASE, leaseSeconds: 600, ...change }));
    expect(times({})).toEqual({ min: 600, default: 600, max: 600 });
    expect(times({ minLeaseSeconds: 300, maxLeaseSeconds: 900 })).toEqual({
      min: 300,
      default: 600,
      max: 900,
    });
  });

  it('have their order', () => {
    const subnet = subnetInput.parse({
      ...BASE,
      leaseSeconds: 600,
      minLeaseSeconds: 601,
      maxLeaseSeconds: 599,
    });
    expect(subnetProblems(subnet).map(({ path }) => path)).toEqual(['minLeaseSeconds', 'maxLeaseSeconds']);
  });
});
