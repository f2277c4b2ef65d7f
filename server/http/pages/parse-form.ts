/** Names and texts of a form (WHATWG URL §5.1); of a name that comes twice, the last. No name can be one of an object's own. */
export function parseForm(body: string): Record<string, string> {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(body)) form[name] = value;
  return form;
}
