import { type AnswerFileProblem, error } from './problem.ts';

/** Sections with a `%end` of their own. */
const SECTIONS: ReadonlySet<string> = new Set([
  '%packages',
  '%pre',
  '%pre-install',
  '%post',
  '%onerror',
  '%traceback',
  '%addon',
  '%anaconda',
  '%certificate',
]);

export interface KickstartLine {
  readonly line: number;
  readonly words: readonly string[];
}

export interface KickstartOutline {
  /** Lines outside sections. */
  readonly commands: readonly KickstartLine[];
  readonly sections: readonly { readonly name: string; readonly line: number }[];
  readonly includes: readonly number[];
  readonly problems: readonly AnswerFileProblem[];
}

/** Takes a kickstart apart into commands and sections. What is inside a section is not looked at. */
export function outlineKickstart(text: string): KickstartOutline {
  const commands: KickstartLine[] = [];
  const sections: { name: string; line: number }[] = [];
  const includes: number[] = [];
  const problems: AnswerFileProblem[] = [];
  let open: { name: string; line: number } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const first = /^\S+/.exec(raw)?.[0] ?? '';
    if (first === '%end') {
      if (open === null) problems.push(error('stray-end', line, '%end without a section'));
      open = null;
    } else if (SECTIONS.has(first)) {
      if (open !== null)
        problems.push(error('open-section', open.line, `${open.name} has no %end before the next section`));
      open = { name: first, line };
      sections.push(open);
    } else if (open === null) {
      if (first === '%include' || first === '%ksappend') includes.push(line);
      else if (first.startsWith('%')) problems.push(error('unknown-section', line, 'unknown section'));
      else readCommand(raw, line, commands, problems);
    }
  }
  if (open !== null) problems.push(error('open-section', open.line, `${open.name} has no %end`));
  return { commands, sections, includes, problems };
}

function readCommand(
  raw: string,
  line: number,
  commands: KickstartLine[],
  problems: AnswerFileProblem[],
): void {
  const words = splitWords(raw);
  if (words === undefined) problems.push(error('open-quote', line, 'a quote is not closed'));
  else if (words.length > 0) commands.push({ line, words });
}

/** Splits a command as anaconda does (POSIX shell words, `#` begins a comment); undefined with an open quote. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    const escapes = char === '\\' && quote !== "'";
    if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quote === null && char === '#' && word === null) {
      break;
    } else if (escapes && (quote === null || /["\\]/.test(text.charAt(index + 1)))) {
      index += 1;
      word = (word ?? '') + text.charAt(index);
    } else if (quote === null && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === quote) {
      quote = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== null) return undefined;
  return word === null ? words : [...words, word];
}
