import { describe, expect, it } from 'vitest';
import {
  dhcpOptionsInput,
  encodeOptionValue,
  mergeOptions,
} from '../../../src/domain/network/dhcp-option.ts';
import { judgeInput } from '../../../src/domain/problems.ts';

describe('options of one’s own: canonical text and bytes', () => {
  it.each([
    { type: 'ip', code: 200, value: ' 10.0.0.1 ', canonical: '10.0.0.1', bytes: '0a000001' },
    {
      type: 'ips',
      code: 42,
      value: '10.0.0.1, 10.0.0.2',
      canonical: '10.0.0.1,10.0.0.2',
      bytes: '0a0000010a000002',
    },
    {
      type: 'text',
      code: 15,
      value: 'lab.example',
      canonical: 'lab.example',
      bytes: '6c61622e6578616d706c65',
    },
    { type: 'text', code: 200, value: 'ä', canonical: 'ä', bytes: 'c3a4' },
    { type: 'hex', code: 43, value: '0x0A0b', canonical: '0a0b', bytes: '0a0b' },
    { type: 'hex', code: 42, value: '0a:00:00:01', canonical: '0a000001', bytes: '0a000001' },
    { type: 'uint8', code: 23, value: '064', canonical: '64', bytes: '40' },
    { type: 'uint16', code: 26, value: '9000', canonical: '9000', bytes: '2328' },
    { type: 'uint32', code: 2, value: '4294967295', canonical: '4294967295', bytes: 'ffffffff' },
    {
      // The examples of RFC 3442: no octets for /0, one for /8, two for /9 to /16 …
      type: 'routes',
      code: 121,
      value:
        '0.0.0.0/0:10.0.0.1,10.0.0.0/8 via 10.0.0.2, 10.17.0.0/16:10.0.0.3,10.27.129.0/24:10.0.0.4,10.229.0.128/25:10.0.0.5',
      canonical:
        '0.0.0.0/0 via 10.0.0.1, 10.0.0.0/8 via 10.0.0.2, 10.17.0.0/16 via 10.0.0.3, 10.27.129.0/24 via 10.0.0.4, 10.229.0.128/25 via 10.0.0.5',
      bytes: '000a000001080a0a000002100a110a000003180a1b810a000004190ae500800a000005',
    },
  ])('$type $value', ({ type, code, value, canonical, bytes }) => {
    const judged = judgeInput(dhcpOptionsInput, [{ code, type, value }]);
    const option = { code, type, value: canonical, always: false };
    expect(judged).toEqual({ ok: true, data: [option] });
    expect(encodeOptionValue(option as never).toString('hex')).toBe(bytes);
    // A record that is edited is judged again.
    expect(judgeInput(dhcpOptionsInput, [option])).toEqual({ ok: true, data: [option] });
  });
});

describe('options of one’s own: refusals', () => {
  it.each([
    { code: 0, type: 'text', value: 'x', says: 'must be a whole number from 1 to 254' },
    { code: 255, type: 'text', value: 'x', says: 'must be a whole number from 1 to 254' },
    ...[50, 51, 53, 54, 55, 61, 67, 82].map((code) => ({
      code,
      type: 'hex',
      value: '00',
      says: `option ${code} cannot be set: `,
    })),
    { code: 53, type: 'hex', value: '', says: 'option 53 cannot be set: ' },
    {
      code: 42,
      type: 'text',
      value: 'time.example',
      says: 'option 42 (NTP servers) is of type ips: addresses like',
    },
    { code: 42, type: 'ips', value: '10.0.0.1,', says: 'option 42 must be addresses like' },
    { code: 42, type: 'ips', value: '10.0.0.01', says: 'option 42 must be addresses like' },
    { code: 200, type: 'ip', value: '10.0.0.1,10.0.0.2', says: 'option 200 must be an address like' },
    { code: 200, type: 'text', value: 'two\nlines', says: 'option 200 must be one line' },
    { code: 200, type: 'hex', value: 'abc', says: 'option 200 must be bytes in hex' },
    { code: 200, type: 'uint8', value: '256', says: 'option 200 must be a whole number from 0 to 255' },
    { code: 200, type: 'uint16', value: '-1', says: 'option 200 must be a whole number' },
    { code: 121, type: 'routes', value: '10.0.0.1/8:10.0.0.1', says: 'option 121 must be routes like' },
    { code: 121, type: 'routes', value: '10.0.0.0/8', says: 'option 121 must be routes like' },
    { code: 119, type: 'text', value: 'a.example', says: '--domain-search writes it' },
    { code: 200, type: 'text', value: 'x'.repeat(511), says: 'option 200 is too long: 511 bytes, 510 fit' },
  ])('$code $type $value', ({ says, ...option }) => {
    const judged = judgeInput(dhcpOptionsInput, [option]);
    expect(judged.ok).toBe(false);
    expect(judged.ok ? '' : judged.problems.map(({ message }) => message).join()).toContain(says);
  });

  it('refuses a code twice, and more than fits together', () => {
    const option = (code: number, length: number) => ({ code, type: 'text', value: 'x'.repeat(length) });
    const judged = (...options: object[]) => {
      const result = judgeInput(dhcpOptionsInput, options);
      return result.ok ? 'ok' : result.problems[0]?.message;
    };
    expect(judged(option(200, 1), option(200, 2))).toBe('option 200 is given twice');
    expect(judged(option(200, 498), option(201, 498))).toBe('ok');
    expect(judged(option(200, 498), option(201, 499))).toBe(
      'the options are too long together: 1001 bytes, 1000 fit',
    );
  });
});

it('the more specific record wins, an empty value too', () => {
  const option = (code: number, value: string) => ({ code, type: 'text' as const, value, always: false });
  const merged = mergeOptions([
    { source: 'subnet', options: [option(200, 'a'), option(201, 'b'), option(202, 'c')] },
    { source: 'profile', options: [option(199, 'z'), option(201, 'p')] },
    { source: 'system', options: [option(202, '')] },
  ]);
  expect(merged.map(({ option: { code, value }, source }) => `${code} ${value} ${source}`)).toEqual([
    '199 z profile',
    '200 a subnet',
    '201 p profile',
    '202  system',
  ]);
});
