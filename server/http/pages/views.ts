import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import nunjucks from 'nunjucks';
import { printable } from '../../../src/domain/printable.ts';
import type { Assets } from './assets.ts';
import { numberText } from './text.ts';

export interface Views {
  /** The page or the part of one that a view makes of a model. Everything in it is text; what came from a machine too. */
  render(name: string, model: object): string;
}

/** The views of the project, by name: nobody else can give one. */
class MemoryLoader extends nunjucks.Loader {
  readonly #sources: ReadonlyMap<string, string>;

  constructor(sources: ReadonlyMap<string, string>) {
    super();
    this.#sources = sources;
  }

  getSource(name: string): { src: string; path: string; noCache: boolean } {
    const src = this.#sources.get(name);
    if (src === undefined) throw new Error(`there is no view ${name}`);
    return { src, path: name, noCache: false };
  }
}

/** Reads and compiles every view, so that one that is broken stops the start and not a reader. */
export function openViews(folder: string, assets: Assets): Views {
  const names = readdirSync(join(folder, 'views'));
  const sources = new Map(names.map((name) => [name, readFileSync(join(folder, 'views', name), 'utf8')]));
  const env = new nunjucks.Environment(new MemoryLoader(sources), {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  env.addGlobal('asset', (name: string) => assets.urlOf(name));
  env.addFilter('number', (count: number) => numberText(count));
  env.addFilter('capitalized', (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`);
  env.addFilter('printable', (text: unknown) => printable(String(text)));
  for (const name of names) env.getTemplate(name, true);
  return { render: (name, model) => env.render(name, model) };
}
