import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { LocalError } from '../errors.ts';
import { decodeUtf8 } from '../records/utf8.ts';

/** All of stdin as UTF-8 text. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return decodeUtf8(Buffer.concat(chunks), 'stdin');
}

/**
 * Asks on stderr, because stdout is for data, and reads one line. With `secret` nothing that is typed is shown.
 * Ctrl-C and the end of input are no answer: LocalError.
 */
export function prompt(question: string, options: { readonly secret: boolean }): Promise<string> {
  let muted = false;
  // readline echoes by writing to its output: one that drops text while muted is all the hiding there is to do.
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (!muted) process.stderr.write(chunk as Uint8Array);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  return new Promise((resolve, reject) => {
    const finish = (lineIsOpen: boolean, settle: () => void): void => {
      lines.removeAllListeners('close');
      lines.close();
      if (lineIsOpen) process.stderr.write('\n');
      settle();
    };
    lines.on('SIGINT', () => finish(true, () => reject(new LocalError('stopped'))));
    lines.on('close', () => finish(true, () => reject(new LocalError('no answer came'))));
    lines.question(question, (answer) => finish(options.secret, () => resolve(answer)));
    muted = options.secret;
  });
}
