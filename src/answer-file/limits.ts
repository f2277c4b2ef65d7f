/**
 * How much one rendering may use. These stop honest mistakes with a clear message; what they cannot count
 * (time inside one long operation, memory) is stopped by the process that the rendering runs in.
 */
export interface RenderLimits {
  /** Characters of one template or snippet. */
  readonly templateChars: number;
  /** Characters of the rendered file, and of any text built on the way. */
  readonly outputChars: number;
  /** Statements and expressions evaluated. */
  readonly steps: number;
  /** Elements that one `range()` may give. */
  readonly rangeItems: number;
  /** Includes within includes. */
  readonly includeDepth: number;
  /** Expressions and blocks within one another. */
  readonly nesting: number;
}

export const DEFAULT_LIMITS: RenderLimits = {
  templateChars: 256 * 1024,
  outputChars: 1024 * 1024,
  steps: 100_000,
  rangeItems: 10_000,
  includeDepth: 8,
  nesting: 200,
};
