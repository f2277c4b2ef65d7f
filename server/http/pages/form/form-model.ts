import { CLEAR, type FormValues, type Reading, rowsOf } from './form-values.ts';
import type { PlacedProblem } from './place-problems.ts';
import { type Field, type Leaf, type List, leavesOf } from './schema-fields.ts';
import { type FieldText, SYSTEM_GROUPS, SYSTEM_TEXTS } from './system-fields.ts';

export interface ChoiceView {
  readonly value: string;
  readonly label: string;
  readonly isChosen: boolean;
}

/** One field as a view shows it. */
export interface FieldView {
  readonly type: 'field';
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly help: string | null;
  readonly placeholder: string | null;
  readonly widget: 'text' | 'number' | 'choice' | 'flag' | 'lines' | 'secret';
  readonly value: string;
  readonly choices: readonly ChoiceView[];
  readonly isRequired: boolean;
  readonly min: number | null;
  readonly max: number | null;
  readonly maxLength: number | null;
  readonly check: string | null;
  /** The id of another field that bears on the check. */
  readonly checkFrom: string | null;
  readonly isMore: boolean;
  readonly isWide: boolean;
  /** A secret that was typed, in a form that comes back: it is not in it any more. */
  readonly isRetype: boolean;
  /** A secret that is set: it can be taken away. */
  readonly clear: { readonly name: string; readonly isTicked: boolean } | null;
  readonly problems: readonly PlacedProblem[];
}

export interface RowView {
  readonly index: number;
  readonly title: string;
  readonly fields: readonly FieldView[];
  readonly more: readonly FieldView[];
  readonly isMoreOpen: boolean;
}

export interface ListView {
  readonly type: 'list';
  readonly path: string;
  readonly addLabel: string;
  readonly rows: readonly RowView[];
  readonly hasRoom: boolean;
  /** The id of the first field that a new entry gets. */
  readonly nextField: string;
}

export interface GroupView {
  readonly id: string;
  readonly title: string;
  readonly help: string | null;
  readonly isFolded: boolean;
  readonly isOpen: boolean;
  readonly lists: readonly ListView[];
  readonly fields: readonly FieldView[];
  readonly more: readonly FieldView[];
  readonly isMoreOpen: boolean;
}

/** What the form is made of. */
export interface FormParts {
  readonly fields: readonly Field[];
  readonly values: FormValues;
  readonly problems: readonly PlacedProblem[];
  /** Names of the records that can be chosen. */
  readonly names: Readonly<Record<'profiles' | 'subnets', readonly string[]>>;
  /** Paths of secrets that are set. */
  readonly secretsSet: readonly string[];
}

/** How the texts of systems bear on what is read from a form. */
export const SYSTEM_READING: Reading = {
  isSecret: ({ path }) => SYSTEM_TEXTS[path]?.secret === true,
  prefillOf: ({ path }) => SYSTEM_TEXTS[path]?.prefill,
};

const LIST_TEXTS: Readonly<Record<string, { readonly row: string; readonly add: string }>> = {
  interfaces: { row: 'Interface', add: 'Add an interface' },
  dhcpOptions: { row: 'Option', add: 'Add an option' },
};

/** The form, part by part. Pure. */
export function formGroups(parts: FormParts): GroupView[] {
  return SYSTEM_GROUPS.map(({ id, title, help, fields: keys, closed }) => {
    const own = keys.flatMap((key) => parts.fields.filter((field) => field.key === key));
    const lists = own.flatMap((field) => (field.type === 'list' ? [listView(field, parts)] : []));
    const leaves = leavesOf(own.filter((field) => field.type !== 'list'));
    const views = leaves.map((leaf) => fieldView(leaf, leaf.path, parts));
    const more = views.filter(({ isMore }) => isMore);
    const isSaid = lists.some(({ rows }) => rows.length > 0) || views.some(isFilled(leaves));
    return {
      id,
      title,
      help: help ?? null,
      isFolded: closed === true,
      isOpen: isSaid || views.some(hasProblem),
      lists,
      fields: views.filter(({ isMore }) => !isMore),
      more,
      isMoreOpen: more.some((view) => hasProblem(view) || isFilled(leaves)(view)),
    };
  });
}

/** The table of texts has the order in which the fields of an entry are read best. */
const RANKS: ReadonlyMap<string, number> = new Map(
  Object.keys(SYSTEM_TEXTS).map((path, rank) => [path, rank]),
);
const rankOf = ({ path }: Leaf): number => RANKS.get(path) ?? RANKS.size;

function isFilled(leaves: readonly Leaf[]) {
  return ({ name, value, widget, clear, isRetype }: FieldView): boolean => {
    const fallback = leaves.find(({ path }) => path === name.replace(/\.\d+\./, '.*.'))?.fallback;
    if (widget === 'secret') return clear !== null || isRetype;
    return value !== '' && value !== String(fallback ?? '');
  };
}

const hasProblem = ({ problems }: FieldView): boolean => problems.length > 0;

function listView(list: List, parts: FormParts): ListView {
  const texts = LIST_TEXTS[list.path] ?? { row: 'Entry', add: 'Add one' };
  const leaves = leavesOf(list.fields).sort((a, b) => rankOf(a) - rankOf(b));
  const nameOf = (leaf: Leaf, index: number) => leaf.path.replace('*', String(index));
  const rows = rowsOf(list, list.path, parts.values).map((index): RowView => {
    const views = leaves.map((leaf) => fieldView(leaf, nameOf(leaf, index), parts));
    const more = views.filter(({ isMore }) => isMore);
    return {
      index,
      title: `${texts.row} ${index + 1}`,
      fields: views.filter(({ isMore }) => !isMore),
      more,
      isMoreOpen: more.some((view) => hasProblem(view) || isFilled(leaves)(view)),
    };
  });
  const next = (rows.at(-1)?.index ?? -1) + 1;
  return {
    type: 'list',
    path: list.path,
    addLabel: texts.add,
    rows,
    hasRoom: rows.length < list.most,
    nextField: idOf(leaves.map((leaf) => nameOf(leaf, next))[0] ?? list.path),
  };
}

function fieldView(leaf: Leaf, name: string, parts: FormParts): FieldView {
  const text = SYSTEM_TEXTS[leaf.path] ?? { label: leaf.key };
  const value = parts.values[name] ?? '';
  const isSecret = text.secret === true;
  const clear = isSecret && parts.secretsSet.includes(leaf.path);
  return {
    type: 'field',
    id: idOf(name),
    name,
    label: text.label,
    help: clear ? 'It is set, and stays as it is where this is left empty.' : (text.help ?? null),
    placeholder: text.placeholder ?? null,
    widget: widgetOf(leaf, text),
    // What was typed into a secret is not sent back.
    value: isSecret ? '' : value,
    choices: choicesOf(leaf, text, value, parts),
    isRequired: !leaf.nullable && !leaf.optional && leaf.fallback === undefined && text.mayBeEmpty !== true,
    min: leaf.min ?? null,
    max: leaf.max ?? null,
    maxLength: leaf.maxLength ?? null,
    check: text.check ?? null,
    checkFrom: text.checkWith === undefined ? null : idOf(name.replace(/[^.]+$/, text.checkWith)),
    isMore: text.more === true,
    isWide: text.wide === true,
    isRetype: isSecret && value !== '',
    clear: clear ? { name: `${name}${CLEAR}`, isTicked: parts.values[`${name}${CLEAR}`] === 'on' } : null,
    problems: parts.problems.filter(({ at }) => at === name),
  };
}

function idOf(name: string): string {
  return `f-${name.replaceAll('.', '-')}`;
}

function widgetOf(leaf: Leaf, text: FieldText): FieldView['widget'] {
  if (text.secret) return 'secret';
  if (text.from !== undefined) return 'choice';
  if (leaf.kind === 'pairs' || leaf.kind === 'ways') return 'lines';
  return leaf.kind === 'yes-no' ? 'choice' : leaf.kind;
}

function choicesOf(leaf: Leaf, text: FieldText, value: string, { names }: FormParts): ChoiceView[] {
  const options = text.from === undefined ? leaf.choices.map(String) : names[text.from];
  if (widgetOf(leaf, text) !== 'choice') return [];
  // What the record has is offered, whatever has become of it.
  const all = value === '' || options.includes(value) ? options : [value, ...options];
  const mayBeEmpty = leaf.nullable || leaf.fallback === undefined;
  const empty = mayBeEmpty ? [{ value: '', label: text.empty ?? 'choose', isChosen: value === '' }] : [];
  return [...empty, ...all.map((option) => ({ value: option, label: option, isChosen: option === value }))];
}
