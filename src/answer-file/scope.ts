import { checkValue, MISSING, type Value } from './values.ts';

/** Names and their values, innermost first. Maps all the way: no name is special. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #outer: Scope | undefined;

  private constructor(outer: Scope | undefined) {
    this.#outer = outer;
  }

  /** The outermost scope: the own, plain values of a context. Others are as if they were not there. */
  static ofContext(context: object): Scope {
    const scope = new Scope(undefined);
    for (const [name, value] of Object.entries<unknown>({ ...context })) {
      const checked = checkValue(value);
      if (checked !== MISSING) scope.declare(name, checked);
    }
    return scope.inner();
  }

  inner(): Scope {
    return new Scope(this);
  }

  find(name: string): Value | typeof MISSING {
    const own = this.#names.get(name);
    if (own !== undefined) return own;
    return this.#outer === undefined ? MISSING : this.#outer.find(name);
  }

  /** Creates the name here, hiding one further out. */
  declare(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  /** Sets the name where a `set` or loop made it; a new name, or one of the context, is made here. */
  assign(name: string, value: Value): void {
    this.#owner(name).#names.set(name, value);
  }

  #owner(name: string): Scope {
    // The context itself (the scope with no outer one) is never written to.
    let scope: Scope = this;
    while (scope.#outer !== undefined) {
      if (scope.#names.has(name)) return scope;
      scope = scope.#outer;
    }
    return this;
  }
}
