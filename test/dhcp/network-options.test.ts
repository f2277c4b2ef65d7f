import { describe, expect, test } from 'vitest';
import type { OwnOption } from '../../src/dhcp/facts.ts';
import { networkOptions } from '../../src/dhcp/network-options.ts';
import { options } from '../support/dhcp-packets.ts';
import { clientOf, factsOf, SUBNET } from '../support/dhcp-world.ts';

const own = (code: number, hex: string, always = false): OwnOption => ({
  code,
  value: Buffer.from(hex, 'hex'),
  always,
});

/** What a client that lists these codes (undefined: none at all) is told, as hex by code. */
function toldTo(asks: readonly number[] | undefined, ownOptions: readonly OwnOption[], more: object = {}) {
  const list = asks === undefined ? {} : { 55: Buffer.from(asks).toString('hex') };
  const client = clientOf({ options: options({ 53: '01', ...list, ...more }) });
  const told = networkOptions(client, factsOf({ ownOptions }), {
    ...SUBNET,
    domainSearch: ['a.example', 'b'],
  });
  return Object.fromEntries([...told].map(([code, value]) => [code, value.toString('hex')]));
}

describe('who is told an option of one’s own', () => {
  test.each([
    { name: 'who lists it', asks: [200], option: own(200, 'aa'), told: 'aa' },
    { name: 'not who lists others', asks: [1, 3], option: own(200, 'aa'), told: undefined },
    { name: 'not who lists nothing', asks: undefined, option: own(200, 'aa'), told: undefined },
    { name: 'everybody with always', asks: [1, 3], option: own(200, 'aa', true), told: 'aa' },
  ])('$name', ({ asks, option, told }) => expect(toldTo(asks, [option])[option.code]).toBe(told));

  test('in the place of a built-in one, whom that would have gone to', () => {
    expect(toldTo([1], [own(6, '01010101'), own(42, '02020202')])).toMatchObject({ 6: '01010101' });
    expect(toldTo([1], [own(42, '02020202')])[42]).toBeUndefined();
    expect(toldTo(undefined, [own(42, '02020202')])[42]).toBe('02020202');
  });

  test('an empty value takes a built-in one away', () => {
    expect(Object.keys(toldTo([1, 3, 6], [own(3, ''), own(6, '', true)]))).toEqual(['1']);
  });

  test('nothing of what leads to another boot server goes to a machine that netboots', () => {
    const asks = [43, 66, 150, 200];
    const all = [own(43, '01'), own(66, '02', true), own(150, '03'), own(200, '04')];
    expect(toldTo(asks, all)).toMatchObject({ 43: '01', 66: '02', 150: '03', 200: '04' });
    const rom = toldTo(asks, all, { 60: Buffer.from('PXEClient:Arch:00000').toString('hex') });
    expect([rom[43], rom[66], rom[150], rom[200]]).toEqual([undefined, undefined, undefined, '04']);
  });
});

test('domain search in the form of DNS, to who asks (RFC 3397 §2)', () => {
  expect(toldTo([119], [])[119]).toBe('0161076578616d706c65000162' + '00');
  expect(toldTo([1], [])[119]).toBeUndefined();
});

describe('routes (RFC 3442)', () => {
  const ROUTE = '100a010a6300fd';
  const DEFAULT = '000a6300fe';
  test.each([
    { name: 'the gateway goes into the list', own: [own(121, ROUTE)], routes: ROUTE + DEFAULT },
    {
      name: 'a default route of its own stays alone',
      own: [own(121, `00${'0a6300fd'}`)],
      routes: '000a6300fd',
    },
    { name: 'no gateway, no default route', own: [own(3, ''), own(121, ROUTE)], routes: ROUTE },
    {
      name: 'no option 33 beside it',
      own: [own(33, '0a0100000a6300fd'), own(121, ROUTE)],
      routes: ROUTE + DEFAULT,
    },
  ])('$name', ({ own: options, routes }) => {
    const told = toldTo([3, 33, 121], options);
    expect([told[3], told[33], told[121]]).toEqual([undefined, undefined, routes]);
  });

  test('a client that does not know them keeps its router, even when they are sent always', () => {
    expect(toldTo([3], [own(121, ROUTE, true)])).toMatchObject({ 3: '0a6300fe', 121: ROUTE });
  });
});
