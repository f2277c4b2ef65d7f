import type { Scope } from '../../domain/access/access.ts';
import type { PagePlace, SystemQuery } from '../../domain/records/record-query.ts';

/** One page of the systems that lie in a scope and fit a query; `after`: behind this place, in the order of `sort`. */
export type SystemPageQuery = Omit<SystemQuery, 'cursor' | 'fields'> & {
  readonly scope: Scope;
  readonly after: PagePlace | null;
};
