import { BmcError } from '../domain/power/bmc-error.ts';

/** A JSON object of a BMC: nothing in it can be trusted to be there, or to be of its type. */
export type Resource = Readonly<Record<string, unknown>>;

/** Deepest nesting read; the deepest resources of DMTF's mockups have 12. */
const DEEPEST = 40;

/** Reads a resource, DSP0266 §8.5. Anything but one JSON object of sane depth is `malformed`. */
export function parseResource(text: string, path: string): Resource {
  if (depthOf(text) > DEEPEST) throw malformed(path, `JSON nested deeper than ${DEEPEST}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(path, text.trim() === '' ? 'nothing' : 'something that is no JSON');
  }
  if (!isResource(value)) throw malformed(path, 'JSON that is no object');
  return value;
}

/** Brackets that are open at once, outside of strings. By hand, since patterns backtrack through hostile megabytes. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth);
    else if (char === ']' || char === '}') depth -= 1;
  }
  return deepest;
}

function malformed(path: string, what: string): BmcError {
  return new BmcError('malformed', `answered GET ${path} with ${what}`);
}

export function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that the names lead to, own properties only; undefined where one is missing. */
export function valueAt(resource: Resource, ...names: readonly string[]): unknown {
  let value: unknown = resource;
  for (const name of names) {
    if (!isResource(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Null where it is missing, empty, or no text: vendors leave out and null what they like. */
export function textAt(resource: Resource, ...names: readonly string[]): string | null {
  const value = valueAt(resource, ...names);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

export function numberAt(resource: Resource, ...names: readonly string[]): number | null {
  const value = valueAt(resource, ...names);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function objectAt(resource: Resource, ...names: readonly string[]): Resource {
  const value = valueAt(resource, ...names);
  return isResource(value) ? value : {};
}

/** The objects of a list; empty where there is none. */
export function objectsAt(resource: Resource, ...names: readonly string[]): Resource[] {
  const value = valueAt(resource, ...names);
  return Array.isArray(value) ? value.filter(isResource) : [];
}

/** The texts of a list; null where there is no list. */
export function textsAt(resource: Resource, ...names: readonly string[]): string[] | null {
  const value = valueAt(resource, ...names);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

/** The row of a table that a word of the BMC names; own rows only, so that `constructor` names none. */
export function rowOf<T>(table: Readonly<Record<string, T>>, word: string | null): T | undefined {
  return word !== null && Object.hasOwn(table, word) ? table[word] : undefined;
}

/** The reference of a navigation property, `{"@odata.id": "/redfish/v1/…"}`. */
export function linkAt(resource: Resource, ...names: readonly string[]): string | null {
  return textAt(resource, ...names, '@odata.id');
}
