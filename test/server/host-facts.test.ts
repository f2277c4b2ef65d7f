import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { parseCapabilities, readHostFacts } from '../../server/host-facts.ts';

it.each([
  ['Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t0000000000002400\nCapBnd:\t000001ffffffffff\n', 0x2400n],
  ['CapEff:\t000001ffffffffff\n', 0x1ffffffffffn],
  ['', null],
])('reads the effective capabilities of %j', (text, wanted) => {
  expect(parseCapabilities(text)).toBe(wanted);
});

it('asks this machine', async () => {
  const facts = await readHostFacts(tmpdir());
  expect(facts.disk?.totalBytes).toBeGreaterThan(0);
  expect(facts.disk?.freeBytes).toBeLessThanOrEqual(facts.disk?.totalBytes ?? 0);
  expect(facts.capabilities).not.toBeUndefined();
});

it('knows nothing of a folder that is not there', async () => {
  expect((await readHostFacts('/nowhere/at/all')).disk).toBeNull();
});
