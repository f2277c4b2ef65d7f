import type { DomainError, Problem } from '../../../../src/domain/errors.ts';
import { parseMac } from '../../../../src/domain/network/mac.ts';
import type { FormValues } from './form-values.ts';

/** Where one is led to see who holds a value. */
export interface Link {
  readonly href: string;
  readonly text: string;
}

/** Something wrong with what was typed, at the field where it stands; `at` is null where it is of no single field. */
export interface PlacedProblem {
  readonly at: string | null;
  readonly message: string;
  readonly link: Link | null;
}

/** Fields in which a taken value of each kind may stand. */
const PLACES: Readonly<Record<string, RegExp>> = {
  ip: /^(interfaces\.\d+\.ip|bmc\.address)$/,
  mac: /^interfaces\.\d+\.mac$/,
  'client-id': /^interfaces\.\d+\.clientId$/,
  circuit: /^interfaces\.\d+\.circuitId$/,
  bmc: /^bmc\.address$/,
};

/** Every problem of a refusal at the field that it is about, as the form has it. */
export function placeProblems(error: DomainError, values: FormValues): PlacedProblem[] {
  if (error.problems.length === 0) return [{ at: null, message: error.message, link: null }];
  return error.problems.map((problem) => placed(problem, values));
}

function placed({ path, message }: Problem, values: FormValues): PlacedProblem {
  const taken = / is taken: (.+)$/.exec(message);
  if (taken === null) return { at: fieldAt(path, values), message, link: null };
  const value = message.slice(0, taken.index);
  const place = PLACES[path];
  const found = Object.keys(values).find((key) => place?.test(key) && canonical(values[key]) === value);
  return { at: found ?? fieldAt(path, values), message, link: linkTo(taken[1] ?? '') };
}

/** The field itself, or the nearest one: `roles.1` stands in `roles`, and what is wrong with a whole list, in its first. */
function fieldAt(path: string, values: FormValues): string | null {
  const keys = Object.keys(values);
  for (let at = path; at !== ''; at = at.replace(/\.?[^.]*$/, '')) {
    if (keys.includes(at)) return at;
    const below = keys.find((key) => key.startsWith(`${at}.`));
    if (below !== undefined) return below;
  }
  return null;
}

function canonical(text = ''): string {
  const trimmed = text.trim();
  return parseMac(trimmed) ?? trimmed;
}

/** `BMC of system web001` -> its page; undefined for what has none. Names are of records, so they are safe in a path. */
export function linkTo(holder: string): Link | null {
  // Somebody of whom the reader may not know is `a system outside your scope`; a system may be called `outside`.
  const found = /(?<!\ba )\b(system|subnet) ([a-z0-9][a-z0-9._-]*)/.exec(holder);
  if (found === null) return null;
  const [, noun, name = ''] = found;
  return { href: `/${noun}s/${encodeURIComponent(name)}`, text: `${noun} ${name}` };
}
