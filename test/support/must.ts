/** The value, or an error that names what is missing: for tests that need it to go on. */
export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`missing: ${what}`);
  return value;
}
