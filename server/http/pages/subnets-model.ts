import type { AddressSpan } from '../../../src/services/subnet-addresses.ts';
import type { Tone } from './badges.ts';

export interface SpanRow {
  readonly addresses: string;
  readonly use: string;
  readonly tone: Tone;
  readonly holder: string;
  readonly href: string | null;
  readonly note: string;
}

export interface SubnetCounts {
  readonly held: number;
  readonly free: number;
  readonly dynamic: number;
  readonly excluded: number;
}

/** How many addresses of each use a subnet has. */
export function countsOf(spans: readonly AddressSpan[]): SubnetCounts {
  const counts = { held: 0, free: 0, dynamic: 0, excluded: 0 };
  for (const { use, count } of spans) counts[use] += count;
  return counts;
}

const USES: Readonly<Record<AddressSpan['use'], { readonly text: string; readonly tone: Tone }>> = {
  held: { text: 'held', tone: 'busy' },
  free: { text: 'free', tone: 'good' },
  dynamic: { text: 'dynamic', tone: 'calm' },
  excluded: { text: 'excluded', tone: 'calm' },
};

/** `isVisible`: whether the reader may see a system; of others only that they hold an address. */
export function spanRows(spans: readonly AddressSpan[], isVisible: (system: string) => boolean): SpanRow[] {
  return spans.map((span) => {
    const { text, tone } = USES[span.use];
    const isHidden = span.system !== null && !isVisible(span.system);
    return {
      addresses: span.from === span.to ? span.from : `${span.from} – ${span.to}`,
      use: span.kind === 'lease' ? 'lease' : text,
      tone,
      holder: isHidden ? 'a system outside your scope' : (span.holder ?? ''),
      href: span.system === null || isHidden ? null : `/systems/${encodeURIComponent(span.system)}`,
      note: isHidden ? '' : (span.interface ?? (span.holder === null ? `${span.count}` : '')),
    };
  });
}
