import type { AddressSpan } from '../../../src/services/subnets/subnet-addresses.ts';
import type { Tone } from './badges.ts';
import { systemPath } from './page-kit.ts';
import { numberText } from './text.ts';

export interface SpanRow {
  readonly addresses: string;
  readonly use: string;
  readonly tone: Tone;
  readonly holder: string;
  readonly href: string | null;
  readonly note: string;
}

const USES: Readonly<Record<AddressSpan['use'], { readonly text: string; readonly tone: Tone }>> = {
  held: { text: 'held', tone: 'busy' },
  free: { text: 'free', tone: 'good' },
  dynamic: { text: 'dynamic', tone: 'calm' },
  excluded: { text: 'excluded', tone: 'calm' },
};

/** The addresses of a subnet, as a page shows them. */
export function spanRows(spans: readonly AddressSpan[]): SpanRow[] {
  return spans.map((span) => {
    const { text, tone } = USES[span.use];
    const count = `${numberText(span.count)} ${span.count === 1 ? 'address' : 'addresses'}`;
    return {
      addresses: span.from === span.to ? span.from : `${span.from} – ${span.to}`,
      use: span.kind === 'lease' ? 'lease' : text,
      tone,
      holder: span.holder ?? '',
      href: span.system === null ? null : systemPath(span.system),
      note: span.interface ?? (span.holder === null ? count : ''),
    };
  });
}

export function subnetPath(name: string): string {
  return `/subnets/${encodeURIComponent(name)}`;
}
