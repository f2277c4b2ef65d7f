import type { ExplainWish } from '../../client/explain-client.ts';
import {
  type ExplainStep,
  type ExplainStepName,
  type Explanation,
  FIRMWARE_KINDS,
} from '../../domain/install/explanation.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { LocalError, UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';

/** What of it can be shown by itself. */
const PARTS = {
  dhcp: ['dhcp', 'dhcp-ipxe'],
  script: ['script'],
  kernel: ['kernel'],
  answer: ['answer-file'],
} as const satisfies Readonly<Record<string, readonly ExplainStepName[]>>;
type Part = keyof typeof PARTS;

interface Options {
  readonly wish: ExplainWish;
  readonly show: Part | undefined;
}

export const explain = defineCommand<Options>({
  noun: 'explain',
  verb: null,
  summary: 'say what a machine would get now, and why, without a machine; nothing is changed',
  operand: 'mac-or-name',
  flags: [
    {
      flag: '--arch <firmware>',
      help: `${FIRMWARE_KINDS.join(', ')}; what was heard of it last unless given`,
    },
    { flag: '--loader-class <class>', help: 'ipxe: the machine runs iPXE already' },
    { flag: '--as-if-armed', help: 'as if it were armed now; nothing is armed' },
    { flag: '--subnet <name>', help: 'where it is plugged in; where its record says unless given' },
    { flag: '--show <part>', help: `only the text of: ${Object.keys(PARTS).join(', ')}` },
  ],
  examples: [
    'provision explain web001',
    'provision explain web001 --as-if-armed --arch uefi-http --show answer',
    'provision explain 52:54:00:12:34:56 --subnet lab',
  ],
  parse: ({ name, flags }) => {
    const arch = oneOf(flags.text('arch'), FIRMWARE_KINDS, '--arch');
    const loaderClass = oneOf(flags.text('loader-class'), ['ipxe'] as const, '--loader-class');
    const show = oneOf(flags.text('show'), Object.keys(PARTS) as Part[], '--show');
    const asIfArmed = flags.isOn('as-if-armed') || undefined;
    return { wish: { who: name, arch, loaderClass, asIfArmed, subnet: flags.text('subnet') }, show };
  },
  run: async ({ wish, show }, context) => {
    const found = await (await context.connect()).explain.explain(wish);
    const { out } = context;
    if (out.json) out.document(found);
    else if (show !== undefined) showPart(found, show, context);
    else showAll(found, context);
    return found.steps.some(({ outcome }) => outcome === 'error') ? EXIT.failure : undefined;
  },
});

function oneOf<T extends string>(text: string | undefined, all: readonly T[], flag: string): T | undefined {
  if (text === undefined) return undefined;
  const found = all.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(`${flag} '${text}' is not known`, `one of: ${all.join(', ')}`);
}

function showPart({ steps }: Explanation, part: Part, { out }: CommandContext): void {
  const names: readonly ExplainStepName[] = PARTS[part];
  const shown = steps.filter(({ name, text }) => names.includes(name) && text !== null);
  const last = steps.at(-1);
  if (shown.length === 0)
    throw new LocalError(
      `the machine would get no ${part}: ${last?.says}${last?.why == null ? '' : ` (${last.why})`}`,
    );
  for (const { text } of shown)
    for (const line of (text ?? '').replace(/\n$/, '').split('\n')) out.line(printable(line));
}

function showAll(found: Explanation, { out }: CommandContext): void {
  const { bold } = out.colors;
  const how = found.isIpxe ? 'iPXE' : found.firmware.kind;
  const supposed = found.isAsIfArmed ? ', as if it were armed' : '';
  out.line(
    bold(printable(`${found.system ?? 'unknown machine'} (${found.mac}), ${how}, ${found.by}${supposed}`)),
  );
  for (const step of found.steps) showStep(step, out);
}

function showStep({ name, outcome, says, why, hint, text }: ExplainStep, out: CommandContext['out']): void {
  const { green, yellow, red } = out.colors;
  const paint = { ok: green, warning: yellow, error: red }[outcome];
  out.line(`${paint(name.padEnd(11))}  ${printable(says)}`);
  if (why !== null && why !== '') out.line(`${INDENT}because: ${printable(why)}`);
  if (hint !== null) out.line(`${INDENT}do: ${printable(hint)}`);
  // Whole scripts and answer files are for --show.
  if (name === 'kernel' && text !== null) out.line(`${INDENT}kernel args: ${printable(text)}`);
  if (name === 'dhcp' || name === 'dhcp-ipxe')
    for (const line of (text ?? '').split('\n').slice(1)) out.line(`${INDENT}${printable(line.trim())}`);
}

const INDENT = ' '.repeat(13);
