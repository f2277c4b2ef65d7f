import { posix } from 'node:path';
import { findCycles } from './cycles.ts';
import {
  CALLS,
  LONG_TABLES,
  LONGEST_FILE_LINES,
  MODULES,
  NAMELESS,
  type Privilege,
  RANDOM_NAMES,
  ROOMS,
  type Room,
} from './house.ts';
import { type Import, scanImports } from './imports.ts';
import { lineAt, readSource, type SourceText } from './source-text.ts';

/** A file of the project: its path from the project's folder, with slashes, and what the rules look at. */
export interface HouseFile extends SourceText {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** Reads one file for the rules. */
export function houseFile(path: string, text: string): HouseFile {
  const source = readSource(text);
  return { ...source, path, lines: text.split('\n').length - 1, imports: scanImports(source) };
}

type Rule = (files: readonly HouseFile[]) => string[];

const IN_THE_HOUSE = /^(src|server)\//;
const inTheHouse = (files: readonly HouseFile[]) => files.filter(({ path }) => IN_THE_HOUSE.test(path));
const roomOf = (path: string): Room | undefined => ROOMS.find((room) => room.holds.test(path));
const isRelative = (specifier: string) => specifier.startsWith('.');
const targetOf = (file: HouseFile, specifier: string) =>
  posix.normalize(posix.join(posix.dirname(file.path), specifier));

/** Every finding of `find` over all imports of src/ and server/. */
function overImports(
  files: readonly HouseFile[],
  find: (file: HouseFile, found: Import) => string | undefined,
): string[] {
  return inTheHouse(files).flatMap((file) =>
    file.imports.flatMap((found) => {
      const finding = find(file, found);
      return finding === undefined ? [] : [`${file.path}:${found.line} imports ${quote(found)}: ${finding}`];
    }),
  );
}

const quote = ({ specifier }: Import) => (specifier === null ? 'a computed name' : `'${specifier}'`);

/** Files stand in rooms that the design knows. */
const everyFileHasARoom: Rule = (files) =>
  files
    .filter(
      ({ path }) =>
        !(IN_THE_HOUSE.test(path)
          ? roomOf(path)
          : /^(test|scripts)\/|^(vitest|rolldown)\.config\.m?[jt]s$/.test(path)),
    )
    .map(({ path }) => `${path}: no room of the house holds this file (the table ROOMS)`);

/**
 * Rooms import downwards. `import type` counts: who knows another room's types has to change with them.
 * test/ may import everything; nothing may import from test/ or scripts/.
 */
const importsPointDown: Rule = (files) =>
  overImports(files, (file, { specifier }) => {
    if (specifier === null) return 'an import has a name that can be checked';
    if (!isRelative(specifier)) return undefined;
    const from = roomOf(file.path);
    const to = roomOf(targetOf(file, specifier));
    if (from === undefined || from === to || (to && from.mayImport.includes(to.name))) return undefined;
    const allowed =
      from.mayImport.length === 0 ? 'only itself' : `only ${from.mayImport.join(', ')} and itself`;
    return `${from.name} may import ${allowed}`;
  });

/** A relative import names the file, as it is called; a folder or a missing suffix would depend on a resolver. */
const importsNameFiles: Rule = (files) => {
  const known = new Set(files.map(({ path }) => path));
  return overImports(files, (file, { specifier }) => {
    if (specifier === null || !isRelative(specifier)) return undefined;
    return known.has(targetOf(file, specifier)) ? undefined : 'there is no such file';
  });
};

/** No file needs itself to be loaded. `import type` does not count: it is gone at run time. */
const noRuntimeCycles: Rule = (files) => {
  const graph = new Map(
    inTheHouse(files).map((file) => [
      file.path,
      file.imports.flatMap(({ specifier, typeOnly }) =>
        specifier !== null && !typeOnly && isRelative(specifier) ? [targetOf(file, specifier)] : [],
      ),
    ]),
  );
  return findCycles(graph).map((cycle) => `${cycle.join(' -> ')}: a cycle of runtime imports`);
};

const holds = (privilege: Privilege, path: string) =>
  privilege.only.some((entry) => (entry.endsWith('/') ? path.startsWith(entry) : path === entry));

const refusal = (privilege: Privilege) =>
  `${privilege.what} only in ${privilege.only.join(', ') || 'no file'} (${privilege.why})`;

const matches = (pattern: string, specifier: string) =>
  pattern.endsWith('*') ? specifier.startsWith(pattern.slice(0, -1)) : specifier === pattern;

/** Modules with effects, and libraries that belong to one room. */
const modulesStayInTheirPlace: Rule = (files) =>
  overImports(files, (file, { specifier }) => {
    const privilege = MODULES.find(({ modules }) =>
      modules.some((module) => matches(module, specifier ?? '')),
    );
    return privilege === undefined || holds(privilege, file.path) ? undefined : refusal(privilege);
  });

/** No shell reads what this program composes: execFile and spawn take arguments one by one. */
const noShell: Rule = (files) => [
  ...overImports(files, (_file, { specifier, clause }) => {
    if (specifier !== 'node:child_process') return undefined;
    if (!clause.startsWith('{')) return 'import the functions of node:child_process by name';
    return /\bexec(Sync)?\b/.test(clause) ? 'no shell: execFile or spawn instead of exec' : undefined;
  }),
  ...overCalls(files, /\bshell\s*:\s*true\b/g, () => 'no shell: leave the option out'),
];

/** Finds a pattern in what is code, and says where. */
function overCalls(
  files: readonly HouseFile[],
  call: RegExp,
  find: (file: HouseFile) => string | undefined,
): string[] {
  return inTheHouse(files).flatMap((file) =>
    [...file.bare.matchAll(call)].flatMap(({ 0: text, index }) => {
      const finding = find(file);
      return finding === undefined
        ? []
        : [`${file.path}:${lineAt(file.bare, index)} uses ${text}: ${finding}`];
    }),
  );
}

const takesRandomness = ({ specifier, clause, typeOnly }: Import) =>
  specifier === 'node:crypto' && !typeOnly && RANDOM_NAMES.names.test(clause);

/** Clock and randomness are arguments. */
const clockAndRandomnessAreArguments: Rule = (files) => [
  ...CALLS.flatMap((privilege) =>
    overCalls(files, privilege.call, (file) =>
      holds(privilege, file.path) ? undefined : refusal(privilege),
    ),
  ),
  ...overImports(files, (file, found) =>
    takesRandomness(found) && !holds(RANDOM_NAMES, file.path) ? refusal(RANDOM_NAMES) : undefined,
  ),
];

/** Files and folders are named after the one thing inside, in kebab-case. */
const namesSaySomething: Rule = (files) =>
  inTheHouse(files).flatMap(({ path }) => {
    const names = path.replace(/(\.d)?\.\w+$/, '').split('/');
    return names.flatMap((name) => {
      if (NAMELESS.test(name)) return [`${path}: '${name}' says nothing about what is inside`];
      return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`${path}: '${name}' is not kebab-case`];
    });
  });

/** A file that only passes on what others export hides who needs what. */
const noBarrels: Rule = (files) =>
  inTheHouse(files)
    .filter(({ bare, imports }) => {
      const rest = bare.replace(
        /export\s*(type\s*)?(\{[^}]*\}|\*(\s*as\s+\w+)?)\s*from\s*['"]\s*['"];?/g,
        '',
      );
      return imports.length > 0 && rest.trim() === '';
    })
    .map(({ path }) => `${path}: only re-exports; import from where the thing is`);

/** Small rooms, tests and scripts included: everything but fixtures and the tables on the list. */
const filesAreShort: Rule = (files) =>
  files
    .filter(({ path }) => !path.startsWith('test/fixtures/') && !LONG_TABLES.has(path))
    .filter(({ lines }) => lines > LONGEST_FILE_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${LONGEST_FILE_LINES}`);

/** Scripts run before anything is installed: nothing but Node and each other. */
const scriptsNeedNothing: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith('scripts/'))
    .flatMap((file) =>
      file.imports
        .filter(({ specifier }) => {
          if (specifier === null) return true;
          return isRelative(specifier)
            ? !targetOf(file, specifier).startsWith('scripts/')
            : !specifier.startsWith('node:');
        })
        .map((found) => `${file.path}:${found.line} imports ${quote(found)}: scripts run before npm ci`),
    );

/** An exception that nobody needs any more is an open door. Files that do not exist yet may be named. */
const exceptionsAreNeeded: Rule = (files) => {
  const named = (only: readonly string[]) => files.filter(({ path }) => only.includes(path));
  return [
    ...MODULES.flatMap(({ what, only, modules }) =>
      named(only)
        .filter(
          ({ imports }) => !imports.some(({ specifier }) => modules.some((m) => matches(m, specifier ?? ''))),
        )
        .map(({ path }) => `${path}: does not need ${what}; take it off the list`),
    ),
    ...CALLS.flatMap(({ what, only, call }) =>
      named(only)
        .filter(({ bare }) => bare.search(call) === -1)
        .map(({ path }) => `${path}: does not need ${what}; take it off the list`),
    ),
    ...named(RANDOM_NAMES.only)
      .filter(({ imports }) => !imports.some(takesRandomness))
      .map(({ path }) => `${path}: does not need ${RANDOM_NAMES.what}; take it off the list`),
    ...files
      .filter(({ path, lines }) => LONG_TABLES.has(path) && lines <= LONGEST_FILE_LINES)
      .map(({ path }) => `${path}: is short; take it off the list of long tables`),
  ];
};

/** All rules, by the name that a failing test shows. */
export const RULES = {
  everyFileHasARoom,
  importsPointDown,
  importsNameFiles,
  noRuntimeCycles,
  modulesStayInTheirPlace,
  noShell,
  clockAndRandomnessAreArguments,
  namesSaySomething,
  noBarrels,
  filesAreShort,
  scriptsNeedNothing,
  exceptionsAreNeeded,
} satisfies Record<string, Rule>;
