import type { FastifyRequest } from 'fastify';
import { SYSTEM_TEXTS } from './form/system-fields.ts';
import type { Form } from './page-kit.ts';
import { parseForm } from './parse-form.ts';

/** What somebody had typed when it turned out that his session is over; it is carried through the login in its page. */
export interface KeptForm {
  /** Where the form is sent. */
  readonly path: string;
  readonly form: Form;
  /** Labels of the secrets that were typed: they are in no page, so they have to be typed again. */
  readonly secrets: readonly string[];
}

/** The forms of which more would be lost than a click. */
const KEPT_PATHS = /^\/(add-system|systems\/[^/?#]{1,300}\/edit)$/;

/** Of a machine with 64 interfaces it is half of this. */
const MOST_BYTES = 256 * 1024;

/** The form that a request brought, or undefined where there is nothing to keep. */
export function keptForm(url: string, form: Form): KeptForm | undefined {
  const path = url.split('?')[0] ?? '';
  if (!KEPT_PATHS.test(path)) return undefined;
  const typed = Object.entries(form).filter(([key]) => key !== '_csrf' && key !== '_do');
  const isSecret = ([key]: [string, string]) => SYSTEM_TEXTS[key]?.secret === true;
  return {
    path,
    form: Object.fromEntries(typed.filter((field) => !isSecret(field))),
    secrets: typed
      .filter((field) => isSecret(field) && field[1] !== '')
      .map(([key]) => SYSTEM_TEXTS[key]?.label ?? key),
  };
}

/**
 * The form of a request that was refused before its body was read. The caller is nobody, so no more is read than a form can
 * have; undefined where that is not enough.
 */
export async function readKeptForm(request: FastifyRequest): Promise<KeptForm | undefined> {
  const { headers, raw, url, method } = request;
  const length = Number(headers['content-length'] ?? Number.NaN);
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (method !== 'POST' || !isForm || !(length <= MOST_BYTES)) return undefined;
  if (keptForm(url, {}) === undefined) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of raw) pieces.push(piece as Buffer);
  return keptForm(url, parseForm(Buffer.concat(pieces).toString('utf8')));
}

/** As it stands in the page of the login. */
export function formatKept({ path, form }: KeptForm): string {
  return JSON.stringify({ path, form });
}

/** What came back from the page of the login; undefined where it makes no sense, as anybody can write it. */
export function parseKept(text: string | undefined): KeptForm | undefined {
  try {
    const { path, form } = JSON.parse(text ?? 'null') as { path: unknown; form: unknown };
    if (typeof path !== 'string' || typeof form !== 'object' || form === null) return undefined;
    const fields = Object.entries(form).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return keptForm(path, Object.fromEntries(fields));
  } catch {
    return undefined;
  }
}
