import type { Explanation, FirmwareKind } from '../domain/install/explanation.ts';
import type { Exchange } from './exchange.ts';

export interface ExplainWish {
  /** MAC, or name of a system. */
  readonly who: string;
  readonly arch?: FirmwareKind | undefined;
  readonly loaderClass?: 'ipxe' | undefined;
  readonly asIfArmed?: boolean | undefined;
  readonly subnet?: string | undefined;
}

export interface ExplainClient {
  /** What a machine would get now, and why. */
  explain(wish: ExplainWish): Promise<Explanation>;
}

export function explainClient(exchange: Exchange): ExplainClient {
  return {
    explain: (wish) => {
      const named = Object.entries(wish).filter(([, value]) => value !== undefined);
      const query = new URLSearchParams(
        Object.fromEntries(named.map(([key, value]) => [key, String(value)])),
      );
      return exchange.object('GET', `/api/v1/explain?${query}`);
    },
  };
}
