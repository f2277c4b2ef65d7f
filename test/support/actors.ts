import type { Actor } from '../../src/services/deps.ts';

/** Somebody who may do everything, unless said otherwise. */
export function makeActor(name: string, more: Partial<Actor> = {}): Actor {
  return { name, kind: 'token', role: 'admin', scope: null, from: null, ...more };
}

export const ADA = makeActor('ada');
export const BOB = makeActor('bob');
