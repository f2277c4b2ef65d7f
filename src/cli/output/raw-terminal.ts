import type { RawKeys } from '../deps.ts';

/** The keys of this process's terminal, unhandled; of a pipe, what comes. */
export function rawKeys(): RawKeys {
  const { stdin } = process;
  if (stdin.isTTY) stdin.setRawMode(true);
  return {
    keys: stdin,
    restore: () => {
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.destroy();
    },
  };
}
