import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BMC_ROWS } from './bmc-rows.ts';
import { QUIRKS } from './bmc-sim/quirks.ts';

const sourceOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('the list of quirks of BMCs', () => {
  it('is whole, and in order', () => {
    expect(BMC_ROWS.map(({ row }) => row)).toEqual(Array.from({ length: 19 }, (_, index) => `B${index + 1}`));
  });

  it.each(BMC_ROWS)('$row, $about: its tests are there', ({ tests, notYet }) => {
    if (notYet === undefined) expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) expect(sourceOf(file)).toContain(title);
  });

  it.each(Object.keys(QUIRKS))('a simulated BMC has the quirk %s, and a test asks it', (quirk) => {
    const row = BMC_ROWS.find(({ row: name }) => quirk.startsWith(`${name} `));
    expect(row?.tests.some(({ file }) => sourceOf(file).includes(`'${quirk}'`))).toBe(true);
  });
});
