import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Draft } from '../deps.ts';
import { LocalError } from '../errors.ts';

/**
 * A file for the editor, in a folder of its own that only its owner may enter. The editor is the words of `command`, without
 * a shell. Throws LocalError where it cannot be started or ends with an error, which leaves the file where it is.
 */
export async function openDraft(command: string, name: string): Promise<Draft> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-edit-'));
  const path = join(folder, name);
  return {
    path,
    edit: async (text) => {
      await writeFile(path, text, { mode: 0o600 });
      await runEditor(command, path);
      return readFile(path, 'utf8');
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

function runEditor(command: string, path: string): Promise<void> {
  const [program = 'vi', ...args] = command.split(/\s+/).filter((word) => word !== '');
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, path], { stdio: 'inherit' });
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new LocalError(
          `the editor ${program} cannot be started (${cause.code})`,
          'set $VISUAL or $EDITOR, or name the change with flags',
          { cause },
        ),
      ),
    );
    child.once('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new LocalError(
              `the editor ${program} ended with ${signal ?? `status ${code}`}, so nothing was changed`,
              `what was written is in ${path}`,
            ),
          ),
    );
  });
}
