import { describe, expect, it } from 'vitest';
import { houseFile, RULES } from './rules.ts';

type RuleName = keyof typeof RULES;

/** Small houses, each with what the rule must say about it: a rule that finds nothing proves nothing. */
const CASES: { name: string; rule: RuleName; files: Record<string, string>; says: (string | RegExp)[] }[] = [
  {
    name: 'a protocol may not know another one, not even its types',
    rule: 'importsPointDown',
    files: {
      'src/dhcp/reply.ts': "import { a } from '../domain/a.ts';\nimport type { B } from '../tftp/b.ts';",
      'src/tftp/b.ts': '',
      'src/domain/a.ts': '',
    },
    says: ["src/dhcp/reply.ts:2 imports '../tftp/b.ts': src/dhcp may import only src/domain and itself"],
  },
  {
    name: 'the domain knows nobody',
    rule: 'importsPointDown',
    files: { 'src/domain/a.ts': "export { b } from '../boot/b.ts';", 'src/boot/b.ts': '' },
    says: ["src/domain/a.ts:1 imports '../boot/b.ts': src/domain may import only itself"],
  },
  {
    name: 'services see the interfaces of the store, not the store',
    rule: 'importsPointDown',
    files: {
      'src/services/a.ts':
        "import type { Store } from '../store/interfaces/store.ts';\nimport type { D } from '../store/interfaces/dhcp-store.ts';\nimport { open } from '../store/sqlite/sqlite.ts';",
      'src/store/interfaces/store.ts': '',
      'src/store/interfaces/dhcp-store.ts': '',
      'src/store/sqlite/sqlite.ts': "import type { Store } from '../interfaces/store.ts';",
    },
    says: [
      /^src\/services\/a\.ts:3 imports '\.\.\/store\/sqlite\/sqlite\.ts': src\/services may import only /,
    ],
  },
  {
    name: 'the command and the server are apart, and nobody imports a test',
    rule: 'importsPointDown',
    files: {
      'server/a.ts': "import { run } from '../src/cli/run.ts';",
      'src/cli/run.ts': "import { x } from '../services/x.ts';",
      'src/services/x.ts': "import { fake } from '../../test/support/fake.ts';",
      'test/support/fake.ts': "import { x } from '../../src/services/x.ts';",
    },
    says: [
      /^server\/a\.ts:1 .*: server may/,
      /^src\/cli\/run\.ts:1 .*: src\/cli may/,
      /^src\/services\/x\.ts:1 /,
    ],
  },
  {
    name: 'a computed import cannot be checked',
    rule: 'importsPointDown',
    files: { 'src/domain/a.ts': 'await import(`./$' + '{name}.ts`);' },
    says: ['src/domain/a.ts:1 imports a computed name: an import has a name that can be checked'],
  },
  {
    name: 'imports name files',
    rule: 'importsNameFiles',
    files: { 'src/domain/a.ts': "import './b';\nimport './b.ts';", 'src/domain/b.ts': '' },
    says: ["src/domain/a.ts:1 imports './b': there is no such file"],
  },
  {
    name: 'a cycle of three',
    rule: 'noRuntimeCycles',
    files: {
      'src/domain/a.ts': "import { b } from './b.ts';",
      'src/domain/b.ts': "export * from './c.ts';",
      'src/domain/c.ts': "import { a } from './a.ts';",
    },
    says: [
      'src/domain/a.ts -> src/domain/b.ts -> src/domain/c.ts -> src/domain/a.ts: a cycle of runtime imports',
    ],
  },
  {
    name: 'types may point at each other; an inline type still loads the module',
    rule: 'noRuntimeCycles',
    files: {
      'src/domain/a.ts': "import { b } from './b.ts';",
      'src/domain/b.ts': "import type { A } from './a.ts';",
      'src/boot/a.ts': "import { b } from './b.ts';",
      'src/boot/b.ts': "import { type A } from './a.ts';",
    },
    says: ['src/boot/a.ts -> src/boot/b.ts -> src/boot/a.ts: a cycle of runtime imports'],
  },
  {
    name: 'sockets and fastify only in the server',
    rule: 'modulesStayInTheirPlace',
    files: {
      'src/dhcp/a.ts': "import { createSocket } from 'node:dgram';",
      'src/services/a.ts': "import type { FastifyInstance } from 'fastify';",
      'server/a.ts': "import { createSocket } from 'node:dgram';",
    },
    says: [
      /^src\/dhcp\/a\.ts:1 imports 'node:dgram': sockets and the HTTP server only in server\/.* \(only server\/ listens/,
      /^src\/services\/a\.ts:1 imports 'fastify'/,
    ],
  },
  {
    name: 'files, processes and drivers only where the lists say',
    rule: 'modulesStayInTheirPlace',
    files: {
      'server/http/a.ts': "import { readFile } from 'node:fs/promises';",
      'server/http/b.ts': "import { spawn } from 'node:child_process';",
      'src/store/systems.ts': "import Database from 'better-sqlite3';",
      'src/store/sqlite/sqlite.ts': "import Database from 'better-sqlite3';",
    },
    says: [/^server\/http\/a\.ts:1/, /^server\/http\/b\.ts:1/, /^src\/store\/systems\.ts:1/],
  },
  {
    name: 'no shell',
    rule: 'noShell',
    files: {
      'server/a.ts': "import { exec, execFile } from 'node:child_process';",
      'server/b.ts': "import child from 'node:child_process';",
      'server/c.ts': "import { spawn } from 'node:child_process';\nspawn('a', [], { shell: true });",
      'server/d.ts': "import { execFile } from 'node:child_process';\nconst m = /a/.exec(b);",
    },
    says: [/^server\/a\.ts:1/, /^server\/b\.ts:1/, /^server\/c\.ts:2 uses shell: true/],
  },
  {
    name: 'clock and randomness',
    rule: 'clockAndRandomnessAreArguments',
    files: {
      'src/boot/a.ts':
        "// Date.now() here\nconst t = Date.now();\nconst d = new Date(0);\nconst n = 'Math.random()';",
      'src/boot/b.ts': 'const t = new Date();\nconst r = Math.random();',
      'src/boot/c.ts': "import { createHash, randomBytes } from 'node:crypto';",
      'server/provisiond.ts': "import { randomBytes } from 'node:crypto';\nstart(Date.now, randomBytes);",
    },
    says: [
      /^src\/boot\/a\.ts:2 uses Date\.now/,
      /^src\/boot\/b\.ts:1/,
      /^src\/boot\/b\.ts:2/,
      /^src\/boot\/c\.ts:1/,
    ],
  },
  {
    name: 'names say something',
    rule: 'namesSaySomething',
    files: {
      'src/domain/index.ts': '',
      'src/domain/string-utils.ts': '',
      'server/helpers/a.ts': '',
      'src/domain/bootEvent.ts': '',
      'src/domain/boot-event.ts': '',
      'src/store/migrations/0001-initial.ts': '',
      'src/answer-file/nunjucks-parser.d.ts': '',
    },
    says: [/index/, /string-utils/, /helpers/, /bootEvent/],
  },
  {
    name: 'no barrels',
    rule: 'noBarrels',
    files: {
      'src/domain/all.ts': "// everything\nexport * from './a.ts';\nexport { b } from './b.ts';\n",
      'src/domain/a.ts': "export { b } from './b.ts';\nexport const a = 1;",
      'src/domain/empty.ts': '',
    },
    says: ['src/domain/all.ts: only re-exports; import from where the thing is'],
  },
  {
    name: 'files are short, those of tests and scripts too; fixtures may be long',
    rule: 'filesAreShort',
    files: {
      'src/domain/a.ts': '\n'.repeat(301),
      'src/domain/b.ts': '\n'.repeat(300),
      'test/a.test.ts': '\n'.repeat(999),
      'test/support/a.ts': '\n'.repeat(301),
      'scripts/a.mjs': '\n'.repeat(301),
      'test/fixtures/a.ts': '\n'.repeat(999),
    },
    says: [
      'src/domain/a.ts: 301 lines, at most 300',
      'test/a.test.ts: 999 lines, at most 300',
      'test/support/a.ts: 301 lines, at most 300',
      'scripts/a.mjs: 301 lines, at most 300',
    ],
  },
  {
    name: 'every file has a room',
    rule: 'everyFileHasARoom',
    files: {
      'src/misc/a.ts': '',
      'src/app.ts': '',
      'lib/a.ts': '',
      'src/clock.ts': '',
      'server/a.ts': '',
      'test/a.ts': '',
    },
    says: [/^src\/misc\/a\.ts/, /^src\/app\.ts/, /^lib\/a\.ts/],
  },
  {
    name: 'scripts need nothing',
    rule: 'scriptsNeedNothing',
    files: {
      'scripts/a.mjs': "import 'node:fs';\nimport './b.mjs';\nimport 'yaml';\nimport '../src/clock.ts';",
    },
    says: [/^scripts\/a\.mjs:3/, /^scripts\/a\.mjs:4/],
  },
  {
    name: 'an exception that is not needed any more',
    rule: 'exceptionsAreNeeded',
    files: {
      'src/store/sqlite/sqlite.ts': "import Database from 'better-sqlite3';",
      'server/provisiond.ts': 'export const a = 1;',
    },
    says: [
      /^src\/store\/sqlite\/sqlite\.ts: does not need the file system/,
      /^server\/provisiond\.ts: does not need the clock/,
      /^server\/provisiond\.ts: does not need randomness/,
    ],
  },
];

describe('rules', () => {
  for (const { name, rule, files, says } of CASES) {
    it(`${rule}: ${name}`, () => {
      const found = RULES[rule](Object.entries(files).map(([path, text]) => houseFile(path, text)));
      expect(found).toEqual(
        says.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text))),
      );
    });
  }

  it('has a case for every rule', () => {
    const tried = new Set<string>(CASES.map(({ rule }) => rule));
    expect(Object.keys(RULES).filter((name) => !tried.has(name))).toEqual([]);
  });
});
