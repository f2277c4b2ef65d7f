import { createHash, timingSafeEqual } from 'node:crypto';

const MASK = '[secret]';

/**
 * A value that only code which asks for it by name can see. Every way an object turns into text by accident
 * (JSON, template strings, logging, inspection) gives `[secret]`; a structured clone gives an empty object.
 * Redaction is by type, not by the name of a field: a renamed field must not start to leak.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Every call is a place to look at in review. */
  reveal(): string {
    return this.#value;
  }

  /** Compares in constant time. Digests are compared, so that not even the length shows in the timing. */
  equals(other: Secret | string): boolean {
    const theirs = typeof other === 'string' ? other : other.#value;
    return timingSafeEqual(digest(this.#value), digest(theirs));
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value, 'utf8').digest();
}
