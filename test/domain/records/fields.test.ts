import { describe, expect, it } from 'vitest';
import { subnetInput, subnetPatch } from '../../../src/domain/network/subnet.ts';

describe('patchOf', () => {
  it('leaves unnamed fields alone instead of setting their defaults', () => {
    expect(subnetPatch.parse({})).toEqual({});
    expect(subnetPatch.parse({ mtu: null })).toEqual({ mtu: null });
    expect(subnetInput.parse({ name: 'lab', network: '10.0.0.0/24' }).ranges).toEqual([]);
  });

  it('refuses a field that does not exist', () => {
    expect(subnetPatch.safeParse({ gatway: '10.0.0.1' }).success).toBe(false);
  });
});
