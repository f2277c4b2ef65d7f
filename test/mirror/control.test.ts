import { expect, test } from 'vitest';
import {
  archiveName,
  dependencyNames,
  field,
  parseStanzas,
  withField,
  withoutField,
} from '../lab/mirror/control.ts';

const TEXT = `Package: one
Version: 1:2.0-1
Architecture: amd64
Depends: libc6-udeb (>= 2.41), two | three, four:any
Description: first
 and its second line
Tag: last

Package: two
Version: 3
`;

test('paragraphs are split and keep their fields', () => {
  const stanzas = parseStanzas(TEXT);
  expect(stanzas.map(({ name, version }) => [name, version])).toEqual([
    ['one', '1:2.0-1'],
    ['two', '3'],
  ]);
  expect(field(stanzas[0]?.text ?? '', 'Tag')).toBe('last');
  expect(field(stanzas[1]?.text ?? '', 'Tag')).toBe('');
});

test('a field goes and comes together with its continuation lines', () => {
  const text = parseStanzas(TEXT)[0]?.text ?? '';
  expect(withoutField(text, 'Description')).not.toContain('second line');
  expect(field(withoutField(text, 'Description'), 'Tag')).toBe('last');
  const replaced = withField(text, 'Description', 'costs $& and $1');
  expect(field(replaced, 'Description')).toBe('costs $& and $1');
  expect(replaced).not.toContain('second line');
  expect(field(withField(text, 'Size', '7'), 'Size')).toBe('7');
});

test('of a dependency the first alternative counts, without version and architecture', () => {
  expect(dependencyNames('libc6-udeb (>= 2.41), two | three, four:any')).toEqual([
    'libc6-udeb',
    'two',
    'four',
  ]);
  expect(dependencyNames('')).toEqual([]);
});

test('the colon of an epoch is escaped in a file name', () => {
  const [one] = parseStanzas(TEXT);
  expect(one && archiveName(one, 'udeb')).toBe('one_1%3a2.0-1_amd64.udeb');
});
