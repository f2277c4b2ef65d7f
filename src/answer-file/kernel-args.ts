import type { AnswerContext } from './context.ts';
import { Environment } from './environment.ts';
import { AnswerFileError, ValueProblem } from './error.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { parseTemplate } from './parse.ts';

const LIMITS = { ...DEFAULT_LIMITS, templateChars: 512, outputChars: 2048, steps: 1000, rangeItems: 64 };

/**
 * Renders a profile's kernel args, each one a small template (`inst.ks={{urls.answer}}`) and each result one argument;
 * one that comes out empty is left out. The list stays a list: every boot loader quotes in its own way.
 * Secrets are refused: everybody on the machine can read /proc/cmdline.
 * Throws AnswerFileError `bad-kernel-arg` for a result that is not one printable word, or as a template does.
 */
export function renderKernelArgs(args: readonly string[], context: AnswerContext): string[] {
  return args.map((arg, index) => renderArg(arg, index + 1, context)).filter((arg) => arg !== '');
}

function renderArg(arg: string, line: number, context: AnswerContext): string {
  const environment = new Environment({
    limits: LIMITS,
    findTemplate: () => undefined,
    tools: {
      maxChars: LIMITS.outputChars,
      reveal: () => {
        throw new ValueProblem('secret-exposed', 'a secret cannot be a kernel argument');
      },
    },
  });
  const template = parseTemplate('kernel args', arg, LIMITS);
  const text = environment.render(template, context);
  if (!/^[\x21-\x7e]*$/.test(text))
    throw new AnswerFileError({
      code: 'bad-kernel-arg',
      template: 'kernel args',
      line,
      message: `kernel argument ${line} is not one printable word`,
      hint: 'give several arguments as several list elements',
    });
  return text;
}
