import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField } from '../../../src/cli/records/csv.ts';
import { csvRecords } from '../../../src/cli/records/csv-records.ts';
import { readCsv } from '../../../src/cli/records/read-csv.ts';

describe('CSV', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['\ufeffa\n\n1\n', [['a'], ['1']]],
    ['"a ""b""","c,d","e\nf"\n', [['a "b"', 'c,d', 'e\nf']]],
    [
      'a,\n,b',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['', []],
    [
      'a;b\r\n1;"x;y, z"\r\n',
      [
        ['a', 'b'],
        ['1', 'x;y, z'],
      ],
    ],
    [
      '"a"\tb\n1,5\t2\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    ['a;b,c\n', [['a;b', 'c']]],
  ])('%j', (text, rows) => expect(readCsv(text, 'f').map(({ fields }) => fields)).toEqual(rows));

  it('knows the line on which a row begins', () => {
    expect(readCsv('a\n"b\nc"\n\nd\n', 'f').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it.each(['a"b\n', '"a"b\n', 'a\n"b\n'])('refuses a quote that stands wrong: %j', (text) => {
    expect(() => readCsv(text, 'f')).toThrow(/^f:\d: a quote/);
  });

  it('says where a quote is opened that nothing closes', () => {
    expect(() => readCsv('a,b\n"1,2\n3,4\n', 'f')).toThrow('f:2: a quote is opened and never closed');
  });

  it('reads what it writes', () => {
    const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, (table) => {
        const told = table.filter((row) => row.some((one) => one !== ''));
        const text = told.map((row) => `${row.map(csvField).join(',')}\n`).join('');
        expect(readCsv(text, 'f').map(({ fields }) => fields)).toEqual(told);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

describe('a table of systems', () => {
  it('has short names, paths, lists, numbers and switches; an empty cell says nothing', () => {
    const table =
      'name,mac,role,kernelArgs,settings.vars.x,bmc.shared,interfaces.1.mac,comment\nw,m,a b,,1,yes,n,\n';
    expect(csvRecords('system', table, 'f')).toEqual([
      {
        line: 2,
        input: {
          name: 'w',
          interfaces: [{ mac: 'm' }, { mac: 'n' }],
          roles: ['a', 'b'],
          settings: { vars: { x: '1' } },
          bmc: { shared: true },
        },
      },
    ]);
  });

  it.each([
    ['', 'f is empty'],
    ['nmae,mac\n', "f:1: there is no field 'nmae'"],
    ['name,bmc.colour\n', "f:1: there is no field 'bmc.colour'"],
    ['name,__proto__\n', "f:1: there is no field '__proto__'"],
    ['name,role,roles\n', 'f:1: the column roles stands there twice'],
    ['name,settings\nw,x\n', 'f:2: settings has fields of its own'],
    ['name,bmc.port\nw,x\n', "f:2: bmc.port wants a whole number, not 'x'"],
    ['name,bmc.shared\nw,x\n', "f:2: bmc.shared wants yes or no, not 'x'"],
    ['name\nw,x\n', 'f:2: there are 2 fields, and the header names 1'],
  ])('refuses %j', (text, message) => expect(() => csvRecords('system', text, 'f')).toThrow(message));
});

describe('a table of another kind', () => {
  it.each([
    ['distro', 'name,kernelArgs\nd,a b\n', { name: 'd', kernelArgs: ['a', 'b'] }],
    [
      'profile',
      'name,from,settings.disk\np,debian-13,/dev/vda\n',
      { name: 'p', from: 'debian-13', settings: { disk: '/dev/vda' } },
    ],
    [
      'subnet',
      'name,dns,from,to,leaseSeconds\ns,192.0.2.1;192.0.2.2,192.0.2.9,192.0.2.20,600\n',
      {
        name: 's',
        dnsServers: ['192.0.2.1', '192.0.2.2'],
        ranges: [{ from: '192.0.2.9', to: '192.0.2.20' }],
        leaseSeconds: 600,
      },
    ],
  ] as const)('has the fields of a %s', (noun, text, input) => {
    expect(csvRecords(noun, text, 'f')).toEqual([{ line: 2, input }]);
  });

  it('refuses fields of others', () => {
    expect(() => csvRecords('distro', 'name,mac\n', 'f')).toThrow("f:1: there is no field 'mac'");
    expect(() => csvRecords('subnet', '', 'f')).toThrow('f is empty');
  });
});
