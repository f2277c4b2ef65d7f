import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packetFixtureNames } from './dhcp-packets.ts';
import { PXE_ROWS } from './pxe-rows.ts';

const sources = new Map<string, string>();
function sourceOf(file: string): string {
  const source = sources.get(file) ?? readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  sources.set(file, source);
  return source;
}

describe('the list of PXE clients', () => {
  it('is whole, and in order', () => {
    expect(PXE_ROWS.map(({ row }) => row)).toEqual(Array.from({ length: 42 }, (_, index) => `F${index + 1}`));
  });

  it.each(PXE_ROWS)('$row, $about: its tests are there', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) expect(sourceOf(file)).toContain(title);
  });

  it.each(PXE_ROWS.filter(({ fixtures }) => fixtures !== undefined))(
    '$row, $about: its packets are there',
    ({ fixtures = [] }) => {
      expect(packetFixtureNames()).toEqual(expect.arrayContaining([...fixtures]));
    },
  );

  it('has every packet that is named after a row, in that row', () => {
    for (const name of packetFixtureNames())
      for (const [, number] of name.matchAll(/(?:^|-)f(\d\d)(?=-)/g)) {
        const row = PXE_ROWS.find((found) => found.row === `F${Number(number)}`);
        // A packet that shows two rows stands in the one that it is about, at least.
        const isThere = row?.fixtures?.includes(name) === true || /^f\d\d-f\d\d-/.test(name);
        expect([name, isThere]).toEqual([name, true]);
      }
  });

  it('has a line in the table of armed machines for every row that points there', () => {
    const table = sourceOf('test/services/dhcp/pxe-clients.test.ts');
    const named = [...table.matchAll(/row: '([^']+)'/g)].flatMap(([, rows = '']) => rows.split(', '));
    const isAboutAll = ['F18', 'F23'];
    for (const { row, tests } of PXE_ROWS)
      if (tests.some(({ title }) => title.startsWith('an armed machine')) && !isAboutAll.includes(row))
        expect(named).toContain(row);
  });
});
