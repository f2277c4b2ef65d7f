import { describe, expect, it } from 'vitest';
import { formatFigure, formatTable } from './report.ts';

describe('formatTable', () => {
  it('says what was measured, against whom, and whether the goal was met', () => {
    const table = formatTable([
      {
        bench: 'records',
        case: 'add',
        unit: 'ms',
        ours: 4.2071,
        peers: [],
        best: null,
        ratio: null,
        goal: { ours: 'at most', value: 29.2 },
        met: true,
      },
      {
        bench: 'dhcp',
        case: 'storm of machines',
        unit: 'exchanges/s',
        ours: 8123,
        peers: [
          { name: 'kea', figure: 9034 },
          { name: 'dnsmasq', figure: null },
        ],
        best: 'kea',
        ratio: 0.8991,
        goal: { ratio: 'at least', value: 1 },
        met: false,
      },
      {
        bench: 'dhcp',
        case: 'broken',
        unit: 'ms',
        ours: null,
        peers: [],
        best: null,
        ratio: null,
        goal: { ours: 'at most', value: 1 },
        met: false,
      },
      {
        bench: 'dhcp',
        case: 'stated',
        unit: 'CPU s',
        ours: 1,
        peers: [],
        best: null,
        ratio: null,
        goal: null,
        met: null,
      },
    ]);
    expect(table.split('\n')).toEqual([
      'bench    case               ours               peers                      ratio        goal',
      'records  add                4.21 ms            -                          -            at most 29.2 ms  met',
      'dhcp     storm of machines  8,120 exchanges/s  kea 9,030, dnsmasq broken  0.899 x kea  at least 1 x     MISSED',
      'dhcp     broken             broken             -                          -            at most 1 ms     MISSED',
      'dhcp     stated             1 CPU s            -                          -            -',
      '',
    ]);
  });
});

describe('formatFigure', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [0.012345, '0.0123'],
    [12.3456, '12.3'],
    [1_234_567, '1,230,000'],
  ];
  for (const [figure, text] of cases) it(text, () => expect(formatFigure(figure)).toBe(text));
});
