import type { DhcpLog } from '../../server/dhcp/serve.ts';

export interface KeptLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps its lines. */
export function createKeptLog(): DhcpLog & { readonly lines: KeptLine[] } {
  const lines: KeptLine[] = [];
  const keep = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
