import { createHash } from 'node:crypto';
import { parseTemplate } from '../../src/answer-file/parse.ts';
import type { Template } from '../../src/answer-file/syntax-tree.ts';

/** Parsed templates by content: an edited template has another digest, so nothing has to be invalidated. */
export class TemplateCache {
  readonly #templates = new Map<string, Template>();
  readonly #capacity: number;

  /** Keeps the `capacity` templates used last. */
  constructor(capacity = 128) {
    this.#capacity = capacity;
  }

  /** As parseTemplate; faults are not kept. */
  readonly parse: typeof parseTemplate = (name, text, limits) => {
    // the name is part of the tree: errors say it
    const key = createHash('sha256').update(`${name}\0${text}`, 'utf8').digest('base64');
    const template = this.#templates.get(key) ?? parseTemplate(name, text, limits);
    this.#templates.delete(key);
    this.#templates.set(key, template);
    const oldest = this.#templates.keys().next();
    if (this.#templates.size > this.#capacity && !oldest.done) this.#templates.delete(oldest.value);
    return template;
  };
}
