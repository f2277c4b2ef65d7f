import { describe, expect, it } from 'vitest';
import { type ListPart, listModel } from '../../../../server/http/pages/systems-model.ts';
import { parseListQuery } from '../../../../server/http/pages/systems-query.ts';
import type { System } from '../../../../src/domain/records/system.ts';
import { apiCard, apiSystem } from '../../../support/api-records.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const part = (systems: readonly System[], more: Partial<ListPart> = {}): ListPart => ({
  systems,
  found: systems.length,
  all: systems.length,
  before: null,
  next: null,
  ...more,
});
const model = (of: ListPart, query = {}) => listModel(of, parseListQuery(query), NOW);
const rowOf = (more: Partial<System>) => model(part([apiSystem(more)])).rows[0];
const many = (count: number) => Array.from({ length: count }, () => apiSystem());

describe('one page of the list', () => {
  it.each([
    ['nothing', part([]), {}, [0, 0]],
    ['all there are', part(many(3)), {}, [1, 3]],
    ['the first of several', part(many(100), { found: 250, next: 'c' }), { at: '77' }, [1, 100]],
    ['one in between', part(many(100), { found: 250, before: 'b', next: 'c' }), { at: '101' }, [101, 200]],
    [
      'one whose number nobody can have',
      part(many(100), { found: 250, before: 'b', next: 'c' }),
      { at: '9000' },
      [151, 250],
    ],
    ['the last', part(many(50), { found: 250, before: 'b' }), { at: '3' }, [201, 250]],
    ['one that is not there any more', part([], { found: 250 }), { at: '301' }, [0, 0]],
  ] as const)('shows the numbers of %s', (_says, of, query, [first, last]) => {
    expect(model(of, query)).toMatchObject({ first, last });
  });

  it('leads to those beside it, with what narrows the list', () => {
    const middle = part(many(100), { found: 300, before: 'b', next: 'c' });
    expect(model(middle, { role: 'web', at: '101' })).toMatchObject({
      before: '/systems?role=web&before=b',
      next: '/systems?role=web&cursor=c&at=201',
      start: '/systems?role=web',
      isNarrowed: true,
    });
    expect(model(part(many(1)))).toMatchObject({ before: null, next: null, isNarrowed: false });
  });
});

describe('a row', () => {
  it('has power only where something is known of it, or could be', () => {
    expect(rowOf({})?.power).toBeNull();
    const power = { state: 'on', checkedAt: '2026-11-22T08:00:00Z', reason: 'x', lastKnown: null } as const;
    expect(rowOf({ power })?.power).toEqual({ tone: 'good', text: 'on', note: '1 h ago' });
  });

  it('shows a few interfaces, and says how many more there are', () => {
    const interfaces = Array.from({ length: 5 }, (_, row) =>
      apiCard({ name: `eth${row}`, mac: null, ip: null, subnet: null }),
    );
    expect(rowOf({ interfaces })).toMatchObject({ moreInterfaces: 2 });
    expect(rowOf({ interfaces })?.interfaces.map(({ name }) => name)).toEqual(['eth0', 'eth1', 'eth2']);
    expect(rowOf({})).toMatchObject({ moreInterfaces: 0 });
  });

  it('leads to the system, whatever it is called', () => {
    expect(rowOf({ name: '../<b>?' })?.href).toBe('/systems/..%2F%3Cb%3E%3F');
    expect(rowOf({ lock: { reason: 'x', by: 'ada', at: '2026-11-22T08:00:00Z' } })?.isLocked).toBe(true);
  });
});
