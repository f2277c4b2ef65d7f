import { describe, expect, it } from 'vitest';
import { scanImports } from './imports.ts';
import { readSource } from './source-text.ts';

/** Written apart, so that no template placeholder stands in a plain string. */
const DOLLAR = '$';

const CASES: { name: string; text: string; found: [specifier: string | null, typeOnly?: 'type'][] }[] = [
  { name: 'names', text: "import { a, b as c } from 'x';", found: [['x']] },
  { name: 'default and names', text: 'import a, { b } from "x";', found: [['x']] },
  { name: 'namespace', text: "import * as a from 'x';", found: [['x']] },
  { name: 'side effect', text: "import 'x';", found: [['x']] },
  { name: 'several lines', text: "import {\n  a,\n  type B,\n} from 'x';", found: [['x']] },
  { name: 'no spaces', text: "import{a}from'x';export*from'y';", found: [['x'], ['y']] },
  { name: 'attributes', text: "import a from './x.json' with { type: 'json' };", found: [['./x.json']] },
  {
    name: 'types',
    text: "import type { A } from 'x';\nexport type { B } from 'y';",
    found: [
      ['x', 'type'],
      ['y', 'type'],
    ],
  },
  { name: 'a type by default', text: "import type A from 'x';", found: [['x', 'type']] },
  {
    name: 'a value named type',
    text: "import type from 'x';\nimport type, { a } from 'y';",
    found: [['x'], ['y']],
  },
  { name: 'an inline type loads the module', text: "import { type A } from 'x';", found: [['x']] },
  { name: 're-exports', text: "export { a } from 'x';\nexport * as b from 'y';", found: [['x'], ['y']] },
  { name: 'dynamic', text: "const a = await import('x');", found: [['x']] },
  { name: 'dynamic with a plain template', text: 'await import(`x`);', found: [['x']] },
  {
    name: 'computed',
    text: `await import(name); await import(\`./${DOLLAR}{name}.ts\`);`,
    found: [[null], [null]],
  },
  { name: 'require', text: "const a = require('x');", found: [['x']] },
  { name: 'the type of a module', text: "type A = typeof import('x');", found: [['x', 'type']] },
  {
    name: 'no import at all',
    text: 'import.meta.url; a.import("x"); export const b = 1; export default c;',
    found: [],
  },
  { name: 'a comment', text: "// import 'x';\n/* import 'y';\n import 'z'; */", found: [] },
  { name: 'a string', text: `const a = "import 'x';"; const b = 'export * from "y"';`, found: [] },
  { name: 'a template', text: "const a = `\nimport 'x';\n`;", found: [] },
  {
    name: 'code in a template',
    text: `const a = \`${DOLLAR}{{ b: await import('x') }.b} import 'y'\`; import 'z';`,
    found: [['x'], ['z']],
  },
  {
    name: 'a regular expression',
    text: "const a = /import 'x'/; const b = c.replace(/[/]\\/'/g, d); import 'z';",
    found: [['z']],
  },
  { name: 'a division', text: "const a = b / c; import 'x'; const d = (e) / 2;", found: [['x']] },
  { name: 'a comment between', text: "import { a /* , b */ } from /* here */ 'x';", found: [['x']] },
  {
    name: 'what looks like a comment in a string',
    text: "const a = 'http://x'; import 'y';",
    found: [['y']],
  },
  { name: 'an escaped quote', text: "const a = 'it\\'s'; import 'y';", found: [['y']] },
];

describe('scanImports', () => {
  for (const { name, text, found } of CASES) {
    it(name, () =>
      expect(scanImports(readSource(text)).map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual(
        found.map(([specifier, type]) => [specifier, type === 'type']),
      ),
    );
  }

  it('gives the clause and the line', () => {
    expect(scanImports(readSource("// first\n\nimport { a, b } from 'x';"))).toEqual([
      { specifier: 'x', clause: '{ a, b }', typeOnly: false, line: 3 },
    ]);
  });
});

describe('readSource', () => {
  it('keeps every line and column', () => {
    const text = `const a = 'b'; // c\n/* d\n e */ f(\`g${DOLLAR}{h}i\`, /j/u);\n`;
    const { code, bare } = readSource(text);
    expect(code).toBe(`const a = 'b';     \n    \n      f(\`g${DOLLAR}{h}i\`,     );\n`);
    expect(bare).toBe(`const a = ' ';     \n    \n      f(\` ${DOLLAR}{h} \`,     );\n`);
  });

  for (const text of ["'", '`', '/*', '//', '`${', "'\\", '/[', '}']) {
    it(`comes to an end with unfinished ${text}`, () =>
      expect(readSource(text).code).toHaveLength(text.length));
  }
});
