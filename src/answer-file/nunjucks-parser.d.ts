/** nunjucks publishes no types for its parser; only what parse.ts reads of it. */
declare module 'nunjucks/src/parser.js' {
  interface ParserOptions {
    readonly tags: { readonly commentStart: string; readonly commentEnd: string };
    readonly trimBlocks: boolean;
    readonly lstripBlocks: boolean;
  }
  const parser: {
    parse(
      source: string,
      extensions: readonly never[],
      options: ParserOptions,
    ): Readonly<Record<string, unknown>>;
  };
  export default parser;
}
