import { ApiError } from '../../client/errors.ts';
import { DomainError, invalid } from '../../domain/errors.ts';
import { judgeInput } from '../../domain/problems.ts';
import type { CommandContext } from '../command.ts';
import type { CliDeps, Draft } from '../deps.ts';
import { LocalError, UsageError } from '../errors.ts';
import { printable } from '../output/printable.ts';
import { formatRefusal, refusalOf } from '../refusal.ts';
import { readYaml } from './read-yaml.ts';
import { RECORD_KINDS, type RecordKind } from './record-kinds.ts';
import type { RecordNoun } from './record-nouns.ts';
import { formatYaml } from './yaml-text.ts';

const SCENE = { path: [], flags: [], given: [] } as const;

/**
 * Changes a record as a whole: its YAML in the user's editor, and again with what is wrong on top for as long as the
 * server refuses and the text changes. Nobody else's change is lost: the revision says what the text was made from.
 * Throws what refused the last text; the text is kept then, and its path is told.
 */
export async function editRecord(noun: RecordNoun, name: string, context: CommandContext): Promise<void> {
  const kind = RECORD_KINDS[noun];
  const { deps, out } = context;
  const command = editorOf(deps);
  const client = await context.connect();
  const record = await kind.get(client, name);
  const about = introduction(kind, name, record.revision, kind.secrets(record));
  const before = formatYaml(kind.toInput(record));
  const draft = await deps.openDraft(command, `${kind.noun}-${name}.yaml`);
  let problems: string[] = [];
  let failure: unknown;
  for (let last = before; ; ) {
    const written = await draft.edit(`${asComments([...problems, ...about])}\n${last}`);
    const text = withoutHead(written);
    if (text === last) return endUnchanged(failure, draft, context);
    if (text.trim() === '') return endUnchanged(undefined, draft, context);
    last = text;
    try {
      const input = readRecord(kind, written);
      const saved = await kind.update(client, name, input, record.revision);
      await draft.discard();
      if (out.json) out.document(saved);
      out.say(`changed ${kind.noun} ${saved.name}`);
      return;
    } catch (error) {
      // A program in the editor's place would be started for ever, with nobody to stop it.
      if (!canBeMended(error) || !deps.stdinIsTty) throw keptText(error, draft, context);
      failure = error;
      problems = [
        'NOTHING WAS CHANGED YET:',
        ...formatRefusal(refusalOf(error, SCENE), SCENE).map(printable),
        '',
      ];
    }
  }
}

function editorOf({ env, stdinIsTty }: CliDeps): string {
  const named = env['VISUAL'] || env['EDITOR'];
  if (named) return named;
  if (stdinIsTty) return 'vi';
  throw new UsageError(
    'nothing to change: name at least one flag',
    'or edit the whole record: at a terminal, or with $VISUAL or $EDITOR set',
  );
}

function introduction(
  kind: RecordKind,
  name: string,
  revision: number,
  secrets: readonly string[],
): string[] {
  const shown =
    secrets.length === 0
      ? 'Secrets are not shown.'
      : `Secrets are not shown; those that are set stay as they are: ${secrets.join(', ')}.`;
  return [
    `${kind.noun} ${name}, revision ${revision}. Save and leave the editor to change it; what you take out gets its default.`,
    `Leave it as it is, or empty, to change nothing. ${shown}`,
  ];
}

/** Throws LocalError for what is no YAML, and the domain's `invalid` with every problem. */
function readRecord(kind: RecordKind, text: string): unknown {
  const { value } = readYaml(text, 'line');
  const judged = judgeInput(kind.schema, value);
  if (judged.ok) return judged.data;
  throw invalid(judged.problems);
}

/** What another text may mend: what is refused for its content. That somebody else was faster, no text mends. */
function canBeMended(error: unknown): boolean {
  if (error instanceof ApiError)
    return [400, 409, 422].includes(error.status) && error.code !== 'stale-revision';
  return error instanceof DomainError || error instanceof LocalError;
}

async function endUnchanged(failure: unknown, draft: Draft, context: CommandContext): Promise<void> {
  if (failure !== undefined) throw keptText(failure, draft, context);
  await draft.discard();
  context.out.say('nothing was changed');
}

function keptText(error: unknown, draft: Draft, { out }: CommandContext): unknown {
  out.say(`what you wrote is kept in ${draft.path}`);
  return error;
}

function asComments(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}`.trimEnd()).join('\n');
}

/** The text without the comments on its top, which are ours. */
function withoutHead(text: string): string {
  return text.replace(/^(?:[ \t]*#[^\n]*\n|[ \t]*\n)+/, '');
}
