/** One paragraph of a Debian control file ("Packages", a package's own control file, dpkg's status). */
export interface Stanza {
  readonly text: string;
  readonly name: string;
  readonly version: string;
}

/** The value of a single-line field, or '' when it is absent. */
export function field(stanza: string, name: string): string {
  const match = new RegExp(`^${name}: *(.*)$`, 'm').exec(stanza);
  return match?.[1]?.trim() ?? '';
}

/** Replaces a field, or appends it when the paragraph has none. */
export function withField(stanza: string, name: string, value: string): string {
  const line = new RegExp(`^${name}:.*(?:\\n[ \\t].*)*$`, 'm');
  const text = `${name}: ${value}`;
  return line.test(stanza) ? stanza.replace(line, () => text) : `${stanza}\n${text}`;
}

/** Removes a field together with its continuation lines. */
export function withoutField(stanza: string, name: string): string {
  return stanza.replace(new RegExp(`^${name}:.*(?:\\n[ \\t].*)*\\n?`, 'm'), '').trimEnd();
}

/** Splits a control file into its paragraphs. */
export function parseStanzas(text: string): Stanza[] {
  const stanzas: Stanza[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    const trimmed = paragraph.trim();
    if (trimmed === '') continue;
    stanzas.push({ text: trimmed, name: field(trimmed, 'Package'), version: field(trimmed, 'Version') });
  }
  return stanzas;
}

/** The names in a dependency field; of alternatives only the first, as udebs resolve them. */
export function dependencyNames(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim().split(/[\s|(:]/)[0] ?? '')
    .filter((name) => name !== '');
}

/** The file name apt gives a downloaded package; the colon of an epoch is escaped in it. */
export function archiveName(stanza: Stanza, extension: 'deb' | 'udeb'): string {
  const version = stanza.version.replaceAll(':', '%3a');
  return `${stanza.name}_${version}_${field(stanza.text, 'Architecture')}.${extension}`;
}
