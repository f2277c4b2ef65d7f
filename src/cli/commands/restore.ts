import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';

/** There is no such route: what could restore over the network could be told to by whoever has a token. */
export const restore = defineCommand<{ readonly file: string }>({
  noun: 'restore',
  verb: null,
  summary: 'say how a backup is put back: by provisiond itself, on the server, while the service is stopped',
  operand: 'file',
  flags: [],
  examples: ['provision restore /backup/provision.tar'],
  parse: ({ name }) => ({ file: name }),
  run: async ({ file }, { deps }) => {
    throw new UsageError(
      'a backup is put back on the server itself, while the service is stopped; nothing was done',
      `there, as root: systemctl stop provisiond && provisiond --config /etc/provision/provision.yaml restore ${quoted(resolve(deps.cwd, file))} && systemctl start provisiond; the file is checked first, and what was there is kept`,
    );
  },
});

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
