import { z } from 'zod';
import { BMC_FAILURES, type BmcFailure } from './bmc-error.ts';

/** What a command can be for. A cycle is made of `off`, `status` and `on`. */
export const COMMAND_VERBS = ['on', 'off', 'reset', 'soft', 'status', 'boot', 'identify'] as const;
export type CommandVerb = (typeof COMMAND_VERBS)[number];

/** Placeholders and what they stand for; `{device}`, `{firmware}` and `{seconds}` of `boot` and `identify` only. */
const PLACEHOLDERS = ['address', 'port', 'user', 'node', 'system', 'device', 'firmware', 'seconds'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const EXTRA: Readonly<Partial<Record<Placeholder, CommandVerb>>> = {
  device: 'boot',
  firmware: 'boot',
  seconds: 'identify',
};

/** Other braces are text, as in a JSON body. */
const PLACEHOLDER = /\{([a-z]+)\}/g;
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  message: 'must be the name of an environment variable',
});
const noNul = z
  .string()
  .max(1024)
  .regex(/^[^\0]*$/, { message: 'must not hold NUL' });

/** Program and arguments, one by one; no shell ever reads them. */
const argv = z.array(noNul).min(1).max(64);

/** What an exit status means: a power state (of `status`), or why it was not done. */
const exitMeaning = z.enum(['on', 'off', ...(Object.keys(BMC_FAILURES) as BmcFailure[])]);

/** Commands of one kind of power control, named in the server's own configuration: no API can set them. */
export const commandSetSchema = z
  .strictObject({
    ...(Object.fromEntries(COMMAND_VERBS.map((verb) => [verb, argv.optional()])) as Record<
      CommandVerb,
      z.ZodOptional<typeof argv>
    >),
    /** How the password is handed over, if at all: on stdin, or in an environment variable, `env:NAME`. Never in argv. */
    password: z
      .union([
        z.enum(['none', 'stdin']),
        z.string().regex(/^env:[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
          message: 'must be none, stdin or env:NAME; as an argument everybody on the machine could read it',
        }),
      ])
      .default('none'),
    /** The whole environment of the command, but for the password. */
    env: z.record(variable, noNul).default({ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' }),
    /** Exit statuses that mean something else than "done" (0) and "refused" (any other). */
    exits: z
      .record(z.string().regex(/^(0|[1-9][0-9]{0,2})$/, { message: 'must be an exit status' }), exitMeaning)
      .default({}),
    timeoutSeconds: z.int().min(1).max(300).default(20),
  })
  .superRefine((set, ctx) => {
    for (const verb of COMMAND_VERBS)
      for (const [index, message] of argvProblems(verb, set[verb] ?? []))
        ctx.addIssue({ code: 'custom', path: [verb, index], message });
  });

export type CommandSet = z.infer<typeof commandSetSchema>;

function argvProblems(verb: CommandVerb, args: readonly string[]): [number, string][] {
  return args.flatMap((arg, index): [number, string][] => {
    if (index === 0) {
      return /^\/[^{}]+$/.test(arg)
        ? []
        : [[0, 'must be the absolute path of a program, without placeholders']];
    }
    return [...arg.matchAll(PLACEHOLDER)].flatMap(([whole, name = '']): [number, string][] => {
      if (name === 'password')
        return [
          [index, 'must not hold {password}: hand it over by `password: stdin` or `password: env:NAME`'],
        ];
      const placeholder = PLACEHOLDERS.find((known) => known === name);
      const only = placeholder === undefined ? undefined : EXTRA[placeholder];
      if (placeholder === undefined)
        return [
          [index, `must not hold ${whole}; there are ${PLACEHOLDERS.map((known) => `{${known}}`).join(' ')}`],
        ];
      return only === undefined || only === verb
        ? []
        : [[index, `must not hold ${whole}, which only ${only} has`]];
    });
  });
}

/** Why a value cannot stand in a command; undefined if it can. */
function valueProblem(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (value.length > 255) return 'is longer than 255 characters';
  // Records are edited by more people than the configuration: no value may become an option, or leave a folder.
  if (value.startsWith('-')) return 'begins with a dash';
  if (/[\p{Cc}/\\]/u.test(value)) return 'holds a slash or a control character';
  return undefined;
}

/** Arguments with their placeholders filled in, or the placeholder that has no usable value. */
export function fillArguments(
  args: readonly string[],
  values: Readonly<Partial<Record<Placeholder, string>>>,
): { readonly args: readonly string[] } | { readonly problem: string } {
  for (const [whole, name] of args.join('\n').matchAll(PLACEHOLDER)) {
    const problem = valueProblem(values[name as Placeholder] ?? '');
    if (problem !== undefined) return { problem: `its command needs ${whole}, which ${problem}` };
  }
  const fill = (arg: string) => arg.replace(PLACEHOLDER, (_whole, name: Placeholder) => values[name] ?? '');
  return { args: args.map(fill) };
}
