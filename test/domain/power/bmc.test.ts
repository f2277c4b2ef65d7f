import { describe, expect, it } from 'vitest';
import { bmcInput, passwordProblem, passwordWarning } from '../../../src/domain/power/bmc.ts';
import { judgeInput } from '../../../src/domain/problems.ts';

const ADDRESS = { address: '10.50.0.1' };
const IPMI = { ...ADDRESS, user: 'admin', firmware: 'uefi' };

function problemsOf(input: object): string[] {
  const judged = judgeInput(bmcInput, input);
  return judged.ok ? [] : judged.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the BMC of a record', () => {
  it('may be an address only, and has no power control then', () => {
    expect(bmcInput.parse(ADDRESS)).toMatchObject({ ...ADDRESS, driver: null, shared: false });
  });

  it.each([{ user: 'admin' }, { password: 'x' }, { kg: 'x' }])(
    'has the driver ipmi where %j is given',
    (more) => {
      expect(bmcInput.parse({ ...ADDRESS, ...more })).toMatchObject({ driver: 'ipmi', firmware: null });
    },
  );

  it.each([
    { what: 'no address', input: { user: 'admin', firmware: 'uefi' }, says: /^address: is missing$/ },
    { what: 'an empty record', input: {}, says: /^address: is missing$/ },
    {
      what: 'a password of 21 bytes',
      input: { ...IPMI, password: 'p'.repeat(21) },
      says: /^password: is 21 bytes long/,
    },
    {
      what: '11 characters that are 22 bytes',
      input: { ...IPMI, password: 'ü'.repeat(11) },
      says: /22 bytes/,
    },
    {
      what: '17 bytes for IPMI 1.5',
      input: { ...IPMI, protocol: '1.5', password: 'p'.repeat(17) },
      says: /room for 16/,
    },
    {
      what: 'a user of 17 bytes',
      input: { ...IPMI, user: 'u'.repeat(17) },
      says: /^user: must be at most 16/,
    },
    { what: 'a key of 21 bytes', input: { ...IPMI, kg: 'k'.repeat(21) }, says: /^kg: must be at most 20/ },
    { what: 'a key of half a byte', input: { ...IPMI, kg: '0x123' }, says: /^kg:/ },
    { what: 'cipher suite 0', input: { ...IPMI, cipherSuite: 0 }, says: /^cipherSuite:/ },
    {
      what: 'a command without a name',
      input: { driver: 'command', firmware: 'uefi' },
      says: /^command: is missing/,
    },
    {
      what: 'a path for a command',
      input: { driver: 'command', firmware: 'uefi', command: '/bin/sh' },
      says: /^command: must be a name/,
    },
    {
      what: 'half a fingerprint',
      input: { ...IPMI, certificate: 'ab:cd' },
      says: /^certificate: must be the SHA-256/,
    },
    {
      what: 'an unknown field',
      input: { ...IPMI, colour: 'red' },
      says: /^colour: there is no such field/,
    },
    {
      what: 'a field that the service tells',
      input: { ...IPMI, passwordSet: true },
      says: /^passwordSet: is told by the service/,
    },
  ])('refuses $what', ({ input, says }) => {
    expect(problemsOf(input)).toEqual([expect.stringMatching(says)]);
  });

  it('takes a long password for Redfish, wake-on-LAN without address and firmware, and both spellings of a fingerprint', () => {
    expect(problemsOf({ ...IPMI, driver: 'redfish', password: 'p'.repeat(64) })).toEqual([]);
    expect(problemsOf({ driver: 'wol' })).toEqual([]);
    const colons = bmcInput.parse({ ...IPMI, certificate: Array(32).fill('AB').join(':') });
    expect(colons.certificate).toBe('ab'.repeat(32));
  });

  it('never repeats a secret in an error', () => {
    const secret = 'never-say-this-to-anybody';
    for (const input of [
      { ...IPMI, password: secret, kg: secret },
      { ...IPMI, password: `${secret}\n` },
      { ...IPMI, kg: [secret] },
    ])
      expect(problemsOf(input).join()).not.toContain(secret);
  });
});

describe('passwords', () => {
  it.each([
    { bytes: 16, refused: false, warned: false },
    { bytes: 17, refused: false, warned: true },
    { bytes: 20, refused: false, warned: true },
    { bytes: 21, refused: true, warned: false },
  ])('of $bytes bytes', ({ bytes, refused, warned }) => {
    const password = 'p'.repeat(bytes);
    expect(passwordProblem(password, '2.0') !== undefined).toBe(refused);
    expect(passwordWarning(password) !== undefined).toBe(warned);
  });
});
