/** A record's name: what one types after the noun and what stands in URLs. Apart from the schemas, which take long to load. */
export const RECORD_NAME = /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/;

export const RECORD_NAME_RULE =
  'must be 1-64 of a-z, 0-9, dot, dash or underscore, beginning and ending with a letter or digit';
