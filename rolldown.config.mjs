// @ts-check
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts the `provision` command together in dist/cli. Node looks for every file of ours and of packages by itself, and for a
 * hundred of them that takes longer than what the command does. What is imported on demand stays a file of its own, so that each verb
 * loads only what it needs. CommonJS, since Node has it running sooner than modules. With --enable-source-maps stack traces name the sources.
 * @type {import('rolldown').RolldownOptions}
 */
export default {
  input: { provision: 'src/cli/main.ts' },
  platform: 'node',
  transform: { target: 'node20.19' },
  // `npm link` points at it and makes it executable once: it has to stay so when it is written anew.
  plugins: [
    {
      name: 'executable',
      writeBundle: ({ dir = '' }) => chmodSync(join(dir, 'provision.cjs'), 0o755),
    },
  ],
  output: {
    dir: 'dist/cli',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    sourcemap: true,
    codeSplitting: {
      groups: [
        ...['zod', 'yaml'].map((name) => ({ name, test: new RegExp(`/node_modules/${name}/`) })),
        // What most verbs need is one file in the place of twenty small ones.
        { name: 'common', test: /\/src\//, minShareCount: 12 },
      ],
    },
  },
};
