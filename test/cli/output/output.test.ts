import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatYaml } from '../../../src/cli/records/yaml-text.ts';
import { HOSTILE } from '../../../src/domain/printable.ts';
import { apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';

const items = [
  apiSystem({ roles: ['web', 'front'] }),
  apiSystem({ name: 'web002', profile: 'a "quoted", one', comment: 'x' }),
];
const world = {
  server: {
    'GET /api/v1/systems': { status: 200, body: { items } },
    'GET /api/v1/systems/web001': { status: 200, body: items[0] },
    'DELETE /api/v1/systems/web001': { status: 204 },
  },
};

describe('the ways to write data', () => {
  it('a list as YAML is the document that --json is', async () => {
    const { stdout, stderr } = await runCli(['system', 'list', '--yaml'], world);
    expect(parse(stdout)).toEqual({ items });
    expect(stderr).toBe('');
  });

  it('a list as CSV has a header, and quotes where they are needed', async () => {
    const { stdout } = await runCli(['system', 'list', '--csv'], world);
    expect(stdout).toBe(
      'name,profile,roles,mac,ip,install,power\n' +
        'web001,debian-13,"web,front",52:54:00:12:34:56,10.99.0.11,,\n' +
        'web002,"a ""quoted"", one",,52:54:00:12:34:56,10.99.0.11,,\n',
    );
  });

  it.each([
    ['json', ['--json'], false],
    ['yaml', ['--yaml'], false],
    ['csv', ['--csv'], true],
    ['tsv', [], false],
    ['table', [], true],
  ] as const)('--output %s is %j, wherever it goes', async (format, short, stdoutTty) => {
    for (const line of ['system list', 'system show web001']) {
      const words = line.split(' ');
      const long = await runCli([...words, '--output', format], { ...world, stdoutTty: !stdoutTty });
      const expected = await runCli([...words, ...short], { ...world, stdoutTty });
      expect(stripVTControlCharacters(long.stdout)).toBe(stripVTControlCharacters(expected.stdout));
    }
  });

  it('--output of another format is refused, as is one beside its short form', async () => {
    const wrong = await runCli(['system', 'list', '--output', 'xml'], world);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain(
      "'xml' is no format of output\nnext: there are: json, yaml, csv, tsv, table",
    );
    const both = await runCli(['system', 'list', '--output=csv', '--json'], world);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('--json and --output exclude each other');
  });

  it('an empty list as CSV is its header', async () => {
    const none = { server: { 'GET /api/v1/systems': { status: 200, body: { items: [] } } } };
    expect(await runCli(['system', 'list', '--csv'], none)).toMatchObject({
      stdout: 'name,profile,roles,mac,ip,install,power\n',
      stderr: '',
    });
  });

  it('--quiet says names of lists only, and of deeds and of one record nothing', async () => {
    expect(await runCli(['system', 'list', '--quiet'], { ...world, stdoutTty: true })).toMatchObject({
      stdout: 'web001\nweb002\n',
      stderr: '',
    });
    for (const line of ['system show web001 --quiet', 'system remove web001 --quiet'])
      expect(await runCli(line.split(' '), world)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('an error with --yaml is the problem document as YAML', async () => {
    const body = { title: 'not-found', status: 404, code: 'not-found', detail: 'there is none' };
    const server = { 'GET /api/v1/systems/web001': { status: 404, body } };
    const { code, stderr } = await runCli(['system', 'show', 'web001', '--yaml'], { server });
    expect(code).toBe(3);
    expect(parse(stderr)).toEqual(body);
  });

  it('two ways at once are refused', async () => {
    const { code, stderr } = await runCli(['system', 'list', '--yaml', '--quiet']);
    expect(code).toBe(2);
    expect(stderr).toContain('--yaml and --quiet exclude each other');
  });
});

describe('YAML', () => {
  it('keeps the value, and leaves nothing in it that a terminal obeys', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('yes', '0x10', '1e3', '~', '\u001b[31m', '\u202e', '\n x'),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(leaf), fc.integer(), fc.boolean())),
        (value) => {
          const plain: unknown = JSON.parse(JSON.stringify(value));
          const text = formatYaml(plain);
          expect(parse(text, { schema: 'core' })).toEqual(plain);
          expect(text.replaceAll('\n', '').match(HOSTILE)).toBeNull();
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  });
});
