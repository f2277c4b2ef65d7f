import { type Flags, named } from './flags.ts';
import { knownBy } from './interface-flags.ts';
import { type InterfaceAdd, parseInterface } from './parse-interface.ts';

/** What a line says of the interfaces of a copy, before those of the other system are known. */
export interface CopiedInterfaces {
  /** Of the interface that the other one boots from. */
  readonly boot: ReturnType<typeof knownBy> & { readonly ip?: string | null; readonly subnet?: string };
  readonly others: readonly InterfaceAdd[];
  readonly remove: readonly string[];
}

/** Reads the interface flags of a copy. Throws UsageError. */
export function copiedInterfaces(flags: Flags): CopiedInterfaces {
  const boot = { ...knownBy(flags), ...named({ ip: flags.nullable('ip'), subnet: flags.text('subnet') }) };
  const others = flags.texts('interface').map((text) => parseInterface('--interface', text));
  return { boot, others, remove: flags.texts('remove-interface') };
}
