import { type AnswerFileProblem, error } from './problem.ts';

const HERE_DOCUMENT = /(?<!<)<<(-?)\s*(['"]?)([A-Za-z_][A-Za-z0-9_]*)\2/;

/** Checks a deploy script: that the agent will run it, and that no here-document swallows the rest of it. */
export function checkDeployScript(text: string): AnswerFileProblem[] {
  const lines = text.split('\n');
  const problems: AnswerFileProblem[] = [];
  if (!/^#!\s*\/(usr\/)?bin\/(busybox )?sh\b/.test(lines[0] ?? ''))
    problems.push(error('no-shebang', 1, 'the first line is not #!/bin/sh', 'the deploy agent refuses it'));
  if (!text.endsWith('\n'))
    problems.push(error('cut-short', lines.length, 'the last line does not end with a line break'));
  const open = openHereDocument(lines);
  if (open !== null)
    problems.push(error('open-here-document', open, 'the here-document that begins here never ends'));
  return problems;
}

/** 1-based line of a here-document without an end, or null. */
function openHereDocument(lines: readonly string[]): number | null {
  let open: { readonly end: string; readonly tabs: boolean; readonly line: number } | null = null;
  for (const [index, line] of lines.entries()) {
    if (open !== null) {
      if ((open.tabs ? line.replace(/^\t+/, '') : line) === open.end) open = null;
      continue;
    }
    const start = line.trimStart().startsWith('#') ? null : HERE_DOCUMENT.exec(line);
    if (start?.[3] !== undefined) open = { end: start[3], tabs: start[1] === '-', line: index + 1 };
  }
  return open?.line ?? null;
}
