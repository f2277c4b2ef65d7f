import { readFileSync } from 'node:fs';

/** One command line of a document. */
export interface DocExample {
  /** As it stands there, with lines that go on joined. */
  readonly line: string;
  /** Of its first line, from 1 on. */
  readonly at: number;
}

/**
 * The command lines of a document: what stands indented by four spaces, or fenced as `sh`. Comments are left out.
 */
export function docExamples(path: string): DocExample[] {
  const lines = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').split('\n');
  const examples: { line: string; at: number }[] = [];
  let isFenced = false;
  let isGoingOn = false;
  for (const [index, text] of lines.entries()) {
    if (text.startsWith('```')) {
      isFenced = text === '```sh';
      continue;
    }
    const command = isFenced ? text : /^ {4}(.*)$/.exec(text)?.[1];
    if (command === undefined || command.trim() === '' || command.startsWith('#')) continue;
    const last = examples.at(-1);
    if (isGoingOn && last !== undefined) last.line += ` ${command.trim()}`;
    else examples.push({ line: command.trim(), at: index + 1 });
    isGoingOn = command.endsWith('\\');
    const current = examples.at(-1);
    if (current !== undefined) current.line = current.line.replace(/\s*\\$|\s{2,}#.*$/, '');
  }
  return examples;
}
