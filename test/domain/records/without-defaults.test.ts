import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemInput } from '../../../src/domain/records/system.ts';
import { withoutDefaults } from '../../../src/domain/records/without-defaults.ts';

const shape = z.strictObject({
  name: z.string(),
  list: z
    .array(z.strictObject({ a: z.int().default(1), b: z.string().nullable().default(null) }))
    .default([]),
  inner: z
    .strictObject({ port: z.int().nullable().default(null) })
    .transform((value) => value)
    .nullable()
    .default(null),
  free: z.record(z.string(), z.string()).optional(),
});

describe('the shortest input', () => {
  it('leaves out what the schema says by itself, at every depth', () => {
    const value = {
      name: 'x',
      list: [
        { a: 1, b: 'b' },
        { a: 2, b: null },
      ],
      inner: { port: 3 },
      other: 1,
    };
    expect(withoutDefaults(shape, value)).toEqual({
      name: 'x',
      list: [{ b: 'b' }, { a: 2 }],
      inner: { port: 3 },
    });
    expect(withoutDefaults(shape, { name: 'x', list: [], inner: null })).toEqual({ name: 'x' });
    expect(withoutDefaults(shape, { name: 'x', inner: { port: null } })).toEqual({ name: 'x', inner: {} });
  });

  it('keeps the keys of free tables, and the order of the schema', () => {
    const text = JSON.stringify(withoutDefaults(shape, { free: { b: '', a: '1' }, name: 'x' }));
    expect(text).toBe('{"name":"x","free":{"b":"","a":"1"}}');
  });

  it('is read as the same system', () => {
    const input = {
      name: 'web001',
      profile: 'debian-13',
      interfaces: [{ name: 'eth1', mac: '52:54:00:00:00:01' }],
      bmc: { address: '10.0.9.1', driver: 'ipmi', firmware: 'uefi' },
    };
    expect(withoutDefaults(systemInput, systemInput.parse(input))).toEqual({
      ...input,
      bmc: { address: '10.0.9.1', driver: 'ipmi', firmware: 'uefi' },
    });
  });
});
