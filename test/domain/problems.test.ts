import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { installInput } from '../../src/domain/install/install-input.ts';
import { subnetInput } from '../../src/domain/network/subnet.ts';
import { judgeInput } from '../../src/domain/problems.ts';
import { distroInput } from '../../src/domain/records/distro.ts';
import { settingsInput } from '../../src/domain/records/settings.ts';
import { systemInput } from '../../src/domain/records/system.ts';

const NAME = 'must be 1-64 of a-z, 0-9, dot, dash or underscore, beginning and ending with a letter or digit';
const SUBNET = { name: 'lab', network: '10.0.0.0/24' };
const SYSTEM = { name: 'web001', profile: 'p', interfaces: [{ mac: '52:54:00:12:34:56' }] };
const HASH = '$6$never$shown';

const CASES: readonly { name: string; schema: z.ZodType; input: unknown; says: Record<string, string> }[] = [
  {
    name: 'what is missing',
    schema: distroInput,
    input: { name: 'd', kernel: '/k' },
    says: { family: 'is missing', version: 'is missing', initrd: 'is missing' },
  },
  {
    name: 'a missing list',
    schema: systemInput,
    input: { name: 'w', profile: 'p' },
    says: { interfaces: 'is missing' },
  },
  {
    name: 'another type',
    schema: subnetInput,
    input: { ...SUBNET, name: 7, ranges: 'x', gateway: 1, dnsServers: [null] },
    says: {
      name: 'must be text',
      ranges: 'must be a list',
      gateway: 'must be text',
      'dnsServers.0': 'must be text',
    },
  },
  {
    name: 'no object',
    schema: systemInput,
    input: { ...SYSTEM, settings: [], bmc: 'x', interfaces: ['x'] },
    says: {
      settings: 'must be an object with named fields',
      bmc: 'must be an object with named fields',
      'interfaces.0': 'must be an object with named fields',
    },
  },
  {
    name: 'nothing at all',
    schema: installInput,
    input: null,
    says: { '': 'must be an object with named fields' },
  },
  ...[575, 9217, 1500.5, '1500', 1e20, Number.NaN, Number.POSITIVE_INFINITY].map((mtu) => ({
    name: `the number ${JSON.stringify(mtu)}`,
    schema: subnetInput,
    input: { ...SUBNET, mtu },
    says: { mtu: 'must be a whole number from 576 to 9216' },
  })),
  {
    name: 'a number without an end',
    schema: z.int().min(0),
    input: -1,
    says: { '': 'must be a whole number, 0 or more' },
  },
  {
    name: 'a number without a beginning',
    schema: z.number().max(1),
    input: 2,
    says: { '': 'must be a number, 1 or less' },
  },
  { name: 'a number as text', schema: z.coerce.number(), input: 'x', says: { '': 'must be a number' } },
  {
    name: 'none of the choices',
    schema: subnetInput,
    input: { ...SUBNET, dhcp: 'on' },
    says: { dhcp: 'must be one of off, authoritative, shared, proxy' },
  },
  { name: 'the only choice', schema: z.literal('a'), input: 'b', says: { '': 'must be a' } },
  { name: 'true or false', schema: z.boolean(), input: 'yes', says: { '': 'must be true or false' } },
  {
    name: 'an empty list',
    schema: systemInput,
    input: { ...SYSTEM, interfaces: [] },
    says: { interfaces: 'must have at least 1 entry' },
  },
  {
    name: 'a long list',
    schema: subnetInput,
    input: { ...SUBNET, ntpServers: Array(9).fill('10.0.0.1') },
    says: { ntpServers: 'must have at most 8 entries' },
  },
  {
    name: 'a long text',
    schema: systemInput,
    input: { ...SYSTEM, comment: 'x'.repeat(1001) },
    says: { comment: 'must be at most 1000 characters long' },
  },
  { name: 'an empty text', schema: z.string().min(1), input: '', says: { '': 'must not be empty' } },
  {
    name: 'a form without words',
    schema: z.string().regex(/^[a-z]+$/),
    input: '1',
    says: { '': 'is not of the form /^[a-z]+$/' },
  },
  {
    name: 'the own words of a schema',
    schema: systemInput,
    input: { ...SYSTEM, name: 'WEB' },
    says: { name: NAME },
  },
  {
    name: 'unknown fields, each by its path',
    schema: subnetInput,
    input: { ...SUBNET, gatway: 'x', mut: 1, ranges: [{ from: '10.0.0.1', to: '10.0.0.2', till: 1 }] },
    says: {
      gatway: 'there is no such field; did you mean gateway?',
      mut: 'there is no such field',
      'ranges.0.till': 'there is no such field',
    },
  },
  {
    name: 'a word that is none of those, where an object is possible too',
    schema: z.strictObject({ tls: z.union([z.enum(['auto', 'off']), z.strictObject({ cert: z.string() })]) }),
    input: { tls: 'on' },
    says: { tls: 'must be one of auto, off, or an object with named fields' },
  },
  {
    name: 'no branch of a union: the complaint of the last one',
    schema: systemInput,
    input: { ...SYSTEM, interfaces: [{ mac: '52:54:00:12:34:56', ip: 'x' }] },
    says: { 'interfaces.0.ip': "'x' is not an IPv4 address" },
  },
  {
    name: 'the name of a variable, and its value',
    schema: settingsInput,
    input: { vars: { '1x': 'a', b: 5 } },
    says: { 'vars.1x': 'must be a variable name: letters, digits and underscore', 'vars.b': 'must be text' },
  },
];

describe('judgeInput', () => {
  it.each(CASES)('$name', ({ schema, input, says }) => {
    const judged = judgeInput(schema, input);
    const problems = judged.ok ? [] : judged.problems.map(({ path, message }) => [path, message]);
    expect(problems.sort()).toEqual(Object.entries(says).sort());
  });

  it('gives what the schema reads', () => {
    expect(judgeInput(installInput, {})).toEqual({
      ok: true,
      data: { allowAddressInUse: false, attempts: 1, expiresInMinutes: 240, power: true, cycle: false },
    });
  });

  it('repeats no secret', () => {
    const judged = judgeInput(settingsInput, { rootPasswordHash: `${HASH}\n`, minDiskGb: 0 });
    expect(JSON.stringify(judged)).not.toContain('shown');
  });

  it('says every refusal of the records in words of its own', () => {
    const wrong = [null, 1.5, -1, '', '\n', [], {}, 'x'.repeat(10_000), Array(2000).fill('')];
    for (const schema of [distroInput, subnetInput, systemInput, settingsInput, installInput]) {
      for (const key of Object.keys(schema.shape)) {
        for (const value of wrong) {
          const judged = judgeInput(schema as z.ZodType, { [key]: value });
          for (const { path, message } of judged.ok ? [] : judged.problems)
            expect(message, path).not.toMatch(/^(Invalid|Too|Unrecognized)|expected|\/\^/);
        }
      }
    }
  });
});
